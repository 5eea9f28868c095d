import { Type } from 'typebox'
import type { Accounts } from '../accounts/accounts.ts'
import type { Caller } from '../agencies/authenticate.ts'
import { callerOf } from '../agencies/authorize.ts'
import { isHidden } from '../agencies/bounds.ts'
import type { DailyChanges } from '../agencies/daily-changes.ts'
import { originOf } from '../agencies/origin.ts'
import type { Server } from '../http/server.ts'
import { digestOf } from '../idempotency/derive.ts'
import type { Guard } from '../idempotency/guard.ts'
import { createHeaders, resolveIdempotencyKey } from '../idempotency/key.ts'
import { knownOutcome } from '../journal/attempts.ts'
import { Refusal, refuseUnavailable, refuseUnclear } from '../lib/refusal.ts'
import { checkExpiresAt, newPromotionCode } from '../promotion-codes/promotion-code.ts'
import { bodyCodes, noQuery, readCodes, refusals } from '../schema/errors.ts'
import { inData } from '../schema/fields.ts'
import { accountId, accountPath, objectId } from '../schema/params.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { AcceptJob } from './accept.ts'
import { codesOf } from './codes.ts'
import type { BulkJobs } from './jobs.ts'
import { bulkCodeSchema, bulkJobSchema, bulkSchema } from './schema.ts'
import { checkTagUnset } from './tag.ts'

type Dependencies = {
  accounts: Accounts
  stripe: StripeClient
  acceptJob: AcceptJob
  jobs: BulkJobs
  daily: DailyChanges
  guard: Guard
}

/** Accepts jobs that make many promotion codes of one coupon. */
export function addBulkCodeRoutes(
  server: Server,
  { accounts, stripe, acceptJob, jobs, daily, guard }: Dependencies,
): void {
  /** Undefined where nobody knows, or the key may not. */
  const attemptsBefore = async ({ agencyId, bounds }: Caller, id: string, idempotencyKey: string) => {
    if (isHidden(bounds, id)) return undefined
    return await acceptJob.findAttempts({ agencyId, id }, idempotencyKey).catch(() => undefined)
  }

  server.addSchema(bulkJobSchema)
  server.addSchema(bulkCodeSchema)

  server.route({
    method: 'POST',
    url: `${accountPath}/coupons/:couponId/promotion-codes/bulk`,
    config: { access: 'promotion_codes:write', findAttempts: (of, key) => acceptJob.findAttempts(of, key) },
    onRequest: resolveIdempotencyKey,
    schema: {
      operationId: 'createBulkPromotionCodes',
      tags: ['Stripe Connect'],
      summary: 'Create Promotion Codes in Bulk',
      description:
        'Accept a job that makes up to 1,000 promotion codes of one coupon, given or random, within the limits of Stripe. ' +
        'Poll the job for its progress and list its codes for what becomes of each. The metadata of each promotion code has ' +
        "the job's id as `bulk_job`.",
      params: Type.Object({ accountId, couponId: objectId('The Stripe coupon ID', 'SUMMER20') }),
      querystring: noQuery,
      headers: createHeaders,
      body: inData(bulkSchema, { count: 100, prefix: 'SUMMER-', max_redemptions: 1 }),
      response: {
        202: { description: 'Accepted', $ref: 'BulkPromotionCodes#' },
        ...refusals(...readCodes, ...bodyCodes, 'idempotency_mismatch'),
      },
    },
    handler: async (request, reply) => {
      const { params, body } = request
      const { couponId } = params
      const caller = callerOf(request)
      const account = await accounts.accountOf(request).catch(async (error: unknown) => {
        if (request.keySource !== 'caller') return refuseUnavailable(error)
        if (!(error instanceof Refusal) || error.code !== 'account_not_found') return refuseUnclear(error)
        // The account may have left since an earlier request was accepted.
        throw knownOutcome(error, await attemptsBefore(caller, request.params.accountId, request.idempotencyKey))
      })
      const { codes: _codes, count: _count, prefix: _prefix, length: _length, ...limits } = body.data
      const codes = codesOf(body.data)
      checkTagUnset(limits.metadata)
      const terms = newPromotionCode({ coupon: couponId, ...limits })
      const fingerprint = digestOf([couponId, body.data])

      const making = { account, operation: 'promotion_code.bulk', fields: [couponId, body.data] }
      await guard(request, reply, caller.bounds.guardSeconds, making)
      const origin = originOf(request)
      const isRetried = request.keySource !== 'generated'
      let accepted = isRetried ? await acceptJob.findEarlier(account, origin, fingerprint) : undefined
      if (!accepted) {
        checkExpiresAt(terms.expires_at, new Date())
        await stripe.retrieveCoupon(account, couponId)
        const accept = () => acceptJob.accept(account, origin, { couponId, codes, terms, fingerprint })
        accepted = await daily.count(caller, accept, codes.length)
      }
      if (accepted.replayed) void reply.header('idempotent-replayed', 'true')
      const job = await jobs.requireJob(account, couponId, accepted.jobId).catch(refuseUnclear)
      return reply.code(202).send(job)
    },
  })
}
