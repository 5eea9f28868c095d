import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { Accounts } from '../accounts/accounts.ts'
import type { Server } from '../http/server.ts'
import { resolveIdempotencyKey, writeHeaders } from '../idempotency/key.ts'
import { decodeCursor } from '../lib/cursor.ts'
import { invalid } from '../lib/refusal.ts'
import { localCodes, noQuery, refusals } from '../schema/errors.ts'
import { closedListQuery, limitDefault, listQuery, pageSchema, toPage } from '../schema/lists.ts'
import { accountId, accountPath, objectId } from '../schema/params.ts'
import { csvHeader, csvLines } from './csv.ts'
import type { BulkJobs } from './jobs.ts'
import type { BulkCode } from './schema.ts'
import { refuseUnclear } from './unclear.ts'

type Dependencies = { accounts: Accounts; jobs: BulkJobs }

const tags = ['Stripe Connect']
const params = Type.Object({
  accountId,
  couponId: objectId('The Stripe coupon ID', 'SUMMER20'),
  jobId: objectId('The id of the bulk job', 'bulk_5f0c6e1a9d3b2c4e8f7a6b5c'),
})
const path = `${accountPath}/coupons/:couponId/promotion-codes/bulk/:jobId`
const job = { description: 'OK', $ref: 'BulkPromotionCodes#' }
/** Stripe is not asked. */
const jobRefusals = refusals(
  'invalid_request',
  'unauthenticated',
  'not_allowed',
  'account_not_found',
  'not_found',
  'rate_limited',
  'internal',
  'unavailable',
)
/** How many codes of a CSV are held in memory at once. */
const codesPerChunk = 200

/** The operations on one bulk job. */
export function addBulkJobRoutes(server: Server, { accounts, jobs }: Dependencies): void {
  server.route({
    method: 'GET',
    url: path,
    config: { access: 'promotion_codes:read' },
    schema: {
      operationId: 'retrieveBulkPromotionCodes',
      tags,
      summary: 'Retrieve Bulk Promotion Codes',
      description: 'How far a job is.',
      params,
      querystring: noQuery,
      response: { 200: job, ...jobRefusals },
    },
    handler: async (request, reply) => {
      const account = await accounts.accountOf(request)
      return reply.send(await jobs.requireJob(account, request.params.couponId, request.params.jobId))
    },
  })

  server.route({
    method: 'POST',
    url: `${path}/cancel`,
    config: { access: 'promotion_codes:write' },
    onRequest: resolveIdempotencyKey,
    schema: {
      operationId: 'cancelBulkPromotionCodes',
      tags,
      summary: 'Cancel Bulk Promotion Codes',
      description:
        'Begin no more codes of a job. Codes that are created stay; the few that are being created end as they end. To cancel ' +
        'a job again, or one that is done, changes nothing.',
      params,
      querystring: noQuery,
      headers: writeHeaders,
      response: { 200: job, ...refusals(...localCodes, 'not_found') },
    },
    handler: async (request, reply) => {
      const { couponId, jobId } = request.params
      const account = await accounts.accountOf(request)
      const { id } = await jobs.requireJob(account, couponId, jobId)
      await jobs.cancel(id)
      return reply.send(await jobs.requireJob(account, couponId, jobId).catch(refuseUnclear))
    },
  })

  server.route({
    method: 'GET',
    url: `${path}/codes`,
    config: { access: 'promotion_codes:read' },
    schema: {
      operationId: 'listCodesOfBulkPromotionCodes',
      tags,
      summary: 'List Codes of Bulk Promotion Codes',
      description: 'The codes of a job and what has become of each, in the order in which they were given.',
      params,
      querystring: Type.Object(listQuery, closedListQuery),
      response: { 200: pageSchema({ $ref: 'BulkPromotionCode#' }), ...jobRefusals },
    },
    handler: async (request) => {
      const { limit = limitDefault, starting_after: cursor } = request.query
      const account = await accounts.accountOf(request)
      const { id } = await jobs.requireJob(account, request.params.couponId, request.params.jobId)
      const after = cursor === undefined ? -1 : positionOf(cursor, id)
      const rows = await jobs.listCodes(id, after, limit + 1)
      const data = rows.slice(0, limit)
      return toPage(data, rows.length > limit, { id, at: after + data.length })
    },
  })

  server.route({
    method: 'GET',
    url: `${path}/codes.csv`,
    config: { access: 'promotion_codes:read' },
    schema: {
      operationId: 'exportBulkPromotionCodes',
      tags,
      summary: 'Export Bulk Promotion Codes',
      description:
        'The codes of a job and what has become of each, as CSV for a spreadsheet. What a spreadsheet would take for a ' +
        'formula, such as a code that begins with a dash, has an apostrophe before it.',
      params,
      querystring: noQuery,
      response: {
        200: { description: 'OK', content: { 'text/csv': { schema: Type.Unsafe<Readable>({ type: 'string' }) } } },
        ...jobRefusals,
      },
    },
    handler: async (request, reply) => {
      const account = await accounts.accountOf(request)
      const { id } = await jobs.requireJob(account, request.params.couponId, request.params.jobId)
      // Read before the answer begins, so that a database that fails is still answered with an error.
      const first = await jobs.listCodes(id, -1, codesPerChunk)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${id}.csv"`)
        .send(Readable.from(csvOf(jobs, id, first)))
    },
  })
}

/** Reads on as fast as the caller takes it. */
async function* csvOf(jobs: BulkJobs, jobId: string, first: BulkCode[]): AsyncGenerator<string> {
  yield csvHeader
  let last = -1
  for (let codes = first; codes.length > 0; codes = await jobs.listCodes(jobId, last, codesPerChunk)) {
    yield csvLines(codes)
    last += codes.length
  }
}

/** The position that a `next_cursor` of this job's codes names. */
function positionOf(cursor: string, jobId: string): number {
  const place = decodeCursor(cursor)
  if (place?.id === jobId) return place.at
  throw invalid('starting_after', 'starting_after is not a next_cursor of this list.')
}
