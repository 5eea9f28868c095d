import { onTestFinished } from 'vitest'
import type { WireRequest, WireResponse } from '../../src/lib/wire.ts'
import { bulkCaller } from './bulk.ts'
import { type DatabaseKind, type Options, type TestServer, startTestServer } from './server.ts'

type Fault = (request: WireRequest, answer: () => Promise<WireResponse>) => Promise<WireResponse>

/** A server with the coupon TEN on a Stripe that has the fault whenever a promotion code is created. */
export async function openBulk(
  database: DatabaseKind,
  fault: Fault = async (_, answer) => await answer(),
  { queueLimits }: Pick<Options, 'queueLimits'> = {},
) {
  const server: TestServer = await startTestServer({
    database,
    retriesMax: 0,
    timeoutMs: 60_000,
    queueLimits,
    stripe: async (request) => {
      const answer = () => server.sandbox.send(request)
      const isCreate = request.method === 'POST' && request.path === '/v1/promotion_codes'
      return isCreate ? await fault(request, answer) : await answer()
    },
  })
  onTestFinished(() => server.close())
  const bulk = bulkCaller(server)
  await bulk.addCoupon('TEN')
  return { server, ...bulk }
}

export const errorWith = (status: number, error: object): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'request-id': 'req_fault' },
  body: JSON.stringify({ error: { type: 'api_error', message: 'Refused.', ...error } }),
})

/** The text of the promotion code that a request asks for. */
export function codeOf({ body }: WireRequest): string {
  return new URLSearchParams(body).get('code') ?? ''
}

/** Creates a code past the server, as an earlier try of the job did; its id. */
export async function createPast(server: TestServer, code: string, jobId: string): Promise<string> {
  const headers = { authorization: 'Bearer sk_test_server', 'stripe-account': server.accountId }
  const body = `promotion[type]=coupon&promotion[coupon]=TEN&code=${code}&metadata[bulk_job]=${jobId}`
  const answer = await server.sandbox.send({ method: 'POST', path: '/v1/promotion_codes', headers, body })
  const { id }: { id: string } = JSON.parse(answer.body)
  return id
}
