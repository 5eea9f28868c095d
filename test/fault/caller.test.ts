import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openHouse } from '../house.ts'
import { hang, openStub } from './stub.ts'

test('a caller who hangs up is written into the log and holds no place', async () => {
  const stub = await openStub(hang)
  const house = await openHouse({ stripe: stub.origin, timeoutMs: 500, retriesMax: 0 })
  onTestFinished(async () => {
    await house.close()
    await stub.close()
  })
  const { hostname, port } = new URL(house.url)
  const body = '{"data":{"percent_off":10}}'
  const head = `POST ${house.coupons} HTTP/1.1\r\nHost: x\r\nAuthorization: ${house.key}\r\nContent-Type: application/json\r\n`
  const socket = connect(Number(port), hostname)
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
  await expect.poll(() => stub.seen.length).toBe(1)
  socket.destroy()
  await expect.poll(() => house.logged.filter((line) => line.includes('"hung_up":true'))).toHaveLength(1)
})
