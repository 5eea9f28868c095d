import { Type } from 'typebox'
import type { Accounts } from '../accounts/accounts.ts'
import { originOf } from '../agencies/origin.ts'
import { closed } from '../schema/fields.ts'
import { resolveIdempotencyKey, writeHeaders } from '../idempotency/key.ts'
import { accountId, accountPath, objectId } from '../schema/params.ts'
import { noQuery, readCodes, refusals } from '../schema/errors.ts'
import type { Server } from '../http/server.ts'
import type { StripeClient } from '../stripe/client.ts'
import { codesOf } from './codes.ts'
import { csvOf } from './csv.ts'
import { type BulkJobs, fingerprintOf } from './jobs.ts'
import { checkMarkFits } from './tag.ts'
import { bulkJobSchema, bulkSchema } from './schema.ts'
import { checkExpiresAt, newPromotionCode } from '../promotion-codes/promotion-code.ts'

type Dependencies = { accounts: Accounts; stripe: StripeClient; jobs: BulkJobs }

const tags = ['Stripe Connect']
const couponId = objectId('The Stripe coupon ID', 'SUMMER20')
const ofJob = Type.Object({
  accountId,
  couponId,
  jobId: objectId('The id of the bulk job', 'bulk_5f0c6e1a9d3b2c4e8f7a6b5c'),
})
const path = `${accountPath}/coupons/:couponId/promotion-codes/bulk`
const job = { description: 'OK', $ref: 'BulkPromotionCodes#' }
/** Stripe is not asked. */
const jobRefusals = refusals(
  'invalid_request',
  'unauthenticated',
  'account_not_found',
  'not_found',
  'rate_limited',
  'internal',
  'unavailable',
)

/** The operations on jobs that make many promotion codes of one coupon. */
export function addBulkCodeRoutes(server: Server, { accounts, stripe, jobs }: Dependencies): void {
  server.addSchema(bulkJobSchema)

  server.route({
    method: 'POST',
    url: path,
    config: { access: 'agency' },
    onRequest: resolveIdempotencyKey,
    schema: {
      operationId: 'createBulkPromotionCodes',
      tags,
      summary: 'Create Promotion Codes in Bulk',
      description:
        'Accept a job that makes up to 1,000 promotion codes of one coupon, given or random, within the limits of Stripe. ' +
        'The answer has all the codes, to be polled for what becomes of them. The metadata of each promotion code has the ' +
        "job's id as `bulk_job`.",
      params: Type.Object({ accountId, couponId }),
      querystring: noQuery,
      headers: writeHeaders,
      body: Type.Object(
        { data: bulkSchema },
        { ...closed, examples: [{ data: { count: 100, prefix: 'SUMMER-', max_redemptions: 1 } }] },
      ),
      response: {
        202: { ...job, description: 'Accepted' },
        ...refusals(...readCodes, 'too_large', 'unsupported_media_type', 'idempotency_mismatch'),
      },
    },
    handler: async (request, reply) => {
      const { params, body } = request
      const account = await accounts.accountOf(request)
      const { codes: _codes, count: _count, prefix: _prefix, length: _length, ...limits } = body.data
      const codes = codesOf(body.data)
      checkMarkFits(limits.metadata)
      const terms = newPromotionCode({ coupon: params.couponId, ...limits })
      const fingerprint = fingerprintOf(params.couponId, body.data)

      const origin = originOf(request)
      let accepted = request.keySource === 'caller' ? await jobs.findEarlier(account, origin, fingerprint) : undefined
      if (!accepted) {
        checkExpiresAt(terms.expires_at, new Date())
        await stripe.retrieveCoupon(account, params.couponId)
        accepted = await jobs.accept(account, origin, { couponId: params.couponId, codes, terms, fingerprint })
      }
      if (accepted.replayed) void reply.header('idempotent-replayed', 'true')
      return reply.code(202).send(accepted.job)
    },
  })

  server.route({
    method: 'GET',
    url: `${path}/:jobId`,
    config: { access: 'agency' },
    schema: {
      operationId: 'retrieveBulkPromotionCodes',
      tags,
      summary: 'Retrieve Bulk Promotion Codes',
      description: 'How far a job is, and what has become of each of its codes.',
      params: ofJob,
      querystring: noQuery,
      response: { 200: job, ...jobRefusals },
    },
    handler: async (request, reply) => {
      const account = await accounts.accountOf(request)
      return reply.send(await jobs.requireJob(account, request.params.couponId, request.params.jobId))
    },
  })

  server.route({
    method: 'GET',
    url: `${path}/:jobId/codes.csv`,
    config: { access: 'agency' },
    schema: {
      operationId: 'exportBulkPromotionCodes',
      tags,
      summary: 'Export Bulk Promotion Codes',
      description:
        'The codes of a job and what has become of each, as CSV for a spreadsheet. What a spreadsheet would take for a ' +
        'formula, such as a code that begins with a dash, has an apostrophe before it.',
      params: ofJob,
      querystring: noQuery,
      response: { 200: { description: 'OK', content: { 'text/csv': { schema: Type.String() } } }, ...jobRefusals },
    },
    handler: async (request, reply) => {
      const account = await accounts.accountOf(request)
      const { id, codes } = await jobs.requireJob(account, request.params.couponId, request.params.jobId)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${id}.csv"`)
        .send(csvOf(codes))
    },
  })
}
