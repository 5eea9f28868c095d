import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { Accounts } from '../accounts/accounts.ts'
import type { Server } from '../http/server.ts'
import { resolveIdempotencyKey, writeHeaders } from '../idempotency/key.ts'
import { decodeCursor } from '../lib/cursor.ts'
import { refuseUnclear } from '../lib/refusal.ts'
import type { AddRead } from '../operations/read.ts'
import { guardedCodes, localCodes, noQuery, refusals } from '../schema/errors.ts'
import { invalidCursor, limitDefault, listQuery, pageSchema, toPage } from '../schema/lists.ts'
import { accountId, accountPath, objectId } from '../schema/params.ts'
import { csvHeader, csvLines } from './csv.ts'
import type { BulkJobs } from './jobs.ts'
import { type BulkCode, codesMax } from './schema.ts'

type Dependencies = { read: AddRead; accounts: Accounts; jobs: BulkJobs }

const path = '/coupons/:couponId/promotion-codes/bulk/:jobId'
const params = {
  couponId: objectId('The Stripe coupon ID', 'SUMMER20'),
  jobId: objectId('The id of the bulk job', 'bulk_5f0c6e1a9d3b2c4e8f7a6b5c'),
}
const job = { description: 'OK', $ref: 'BulkPromotionCodes#' }
/** Stripe is not asked. */
const codes = [...guardedCodes, 'not_found'] as const
/** How many codes of a CSV are held in memory at once. */
const codesPerChunk = 200

/** The operations on one bulk job. */
export function addBulkJobRoutes(server: Server, { read, accounts, jobs }: Dependencies): void {
  read({
    path,
    operationId: 'retrieveBulkPromotionCodes',
    summary: 'Retrieve Bulk Promotion Codes',
    description: 'How far a job is.',
    params,
    scope: 'promotion_codes:read',
    response: job,
    codes,
    handle: async ({ account, params: { couponId, jobId } }) => await jobs.requireJob(account, couponId, jobId),
  })

  server.route({
    method: 'POST',
    url: `${accountPath}${path}/cancel`,
    config: { access: 'promotion_codes:write' },
    onRequest: resolveIdempotencyKey,
    schema: {
      operationId: 'cancelBulkPromotionCodes',
      tags: ['Stripe Connect'],
      summary: 'Cancel Bulk Promotion Codes',
      description:
        'Create no more codes of a job. Codes that are created stay, and those that are in flight to Stripe at this moment, ' +
        'at most 16, may still be created; nothing else is sent. To cancel a job again, or one that is done, changes nothing.',
      params: Type.Object({ accountId, ...params }),
      querystring: noQuery,
      headers: writeHeaders,
      response: { 200: job, ...refusals(...localCodes, 'not_found') },
    },
    handler: async (request, reply) => {
      const { couponId, jobId } = request.params
      const account = await accounts.accountOf(request)
      const { id } = await jobs.requireJob(account, couponId, jobId)
      await jobs.cancel(account, id)
      return reply.send(await jobs.requireJob(account, couponId, jobId).catch(refuseUnclear))
    },
  })

  read({
    path: `${path}/codes`,
    operationId: 'listCodesOfBulkPromotionCodes',
    summary: 'List Codes of Bulk Promotion Codes',
    description: 'The codes of a job and what has become of each, in the order in which they were given.',
    params,
    scope: 'promotion_codes:read',
    query: listQuery,
    response: pageSchema({ $ref: 'BulkPromotionCode#' }),
    codes,
    async handle({ account, params: { couponId, jobId }, query: { limit = limitDefault, starting_after: cursor } }) {
      const { id } = await jobs.requireJob(account, couponId, jobId)
      const after = cursor === undefined ? -1 : positionOf(cursor, id)
      const rows = await jobs.listCodes(id, after, limit + 1)
      const data = rows.slice(0, limit)
      return toPage(data, rows.length > limit, { id, at: after + data.length })
    },
  })

  read({
    path: `${path}/codes.csv`,
    operationId: 'exportBulkPromotionCodes',
    summary: 'Export Bulk Promotion Codes',
    description:
      'The codes of a job and what has become of each, as CSV for a spreadsheet. What a spreadsheet would take for a ' +
      'formula, such as a code that begins with a dash, has an apostrophe before it.',
    params,
    scope: 'promotion_codes:read',
    response: {
      content: {
        'text/csv': {
          schema: {
            type: 'string',
            examples: [csvHeader + 'SUMMER-K7QX2M9P,created,promo_1NxW2aB3cD4eF5gH6iJ7kL8m,,\r\n'],
          },
        },
      },
    },
    codes,
    async handle({ account, params: { couponId, jobId }, reply }) {
      const { id } = await jobs.requireJob(account, couponId, jobId)
      // Read before the answer begins, so that a database that fails is still answered with an error.
      const first = await jobs.listCodes(id, -1, codesPerChunk)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${id}.csv"`)
        .send(Readable.from(csvOf(jobs, id, first)))
    },
  })
}

/** Reads the next chunk only once the caller has taken the one before. */
async function* csvOf(jobs: BulkJobs, jobId: string, first: BulkCode[]): AsyncGenerator<string> {
  yield csvHeader
  let last = -1
  for (let chunk = first; chunk.length > 0; chunk = await jobs.listCodes(jobId, last, codesPerChunk)) {
    yield csvLines(chunk)
    last += chunk.length
  }
}

/** The position in the list that a `next_cursor` of this job's codes names. @throws Refusal for any other text */
function positionOf(cursor: string, jobId: string): number {
  const position = decodeCursor(cursor)
  // No job has so many codes, and PostgreSQL takes no integer beyond 32 bits.
  if (position?.id !== jobId || position.at >= codesMax) throw invalidCursor()
  return position.at
}
