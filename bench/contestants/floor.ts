/** The floor: bare node:http and undici, which forward to the origin that is the one argument, and do nothing else. */
import { createServer } from 'node:http'
import { Pool } from 'undici'
import { announce } from './announce.ts'

const stripe = new Pool(process.argv[2] ?? '', { connections: 128 })
const methods = { POST: 'POST', PUT: 'POST', GET: 'GET' } as const

announce(
  createServer((request, response) => {
    const sent: Buffer[] = []
    request.on('data', (chunk: Buffer) => sent.push(chunk))
    request.on('end', () => {
      const method = methods[request.method as keyof typeof methods]
      const body = sent.length > 1 ? Buffer.concat(sent) : (sent[0] ?? null)
      const received: Buffer[] = []
      stripe.dispatch(
        { method, path: '/v1/coupons', body },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData: (_, chunk) => void received.push(chunk),
          onResponseEnd() {
            const answer = received.length === 1 && received[0] ? received[0] : Buffer.concat(received)
            response.writeHead(200, ['Content-Type', 'application/json', 'Content-Length', String(answer.length)])
            response.end(answer)
          },
          onResponseError: () => void response.destroy(),
        },
      )
    })
  }),
)
