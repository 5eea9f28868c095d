import { onTestFinished } from 'vitest'
import { type Options, startTestServer } from './server.ts'
import { openStub } from './stripe-stub.ts'

type Behaviours = Parameters<typeof openStub>

/**
 * A server on a stub with these behaviours, both closed when the test ends. `create` sends it one create of a coupon. A test
 * that runs beside others passes the `onTestFinished` of its own context.
 */
export async function startServerOnStub(
  behaviours: Behaviours,
  options: Omit<Options, 'stripe'> = {},
  whenFinished: (close: () => Promise<void>) => void = onTestFinished,
) {
  const stub = await openStub(...behaviours)
  const server = await startTestServer({ ...options, stripe: stub.origin })
  whenFinished(async () => {
    await server.close()
    await stub.close()
  })
  const create = (idempotencyKey?: string, path = server.coupons) =>
    server.call(path, {
      method: 'POST',
      body: { data: { percent_off: 10 } },
      headers: idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
    })
  return { stub, server, create }
}
