import type { FastifyRequest } from 'fastify'
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import type { Accounts, ConnectedAccount } from '../accounts/accounts.ts'
import { callerOf } from '../agencies/authorize.ts'
import { type DiscountPolicy, isHidden } from '../agencies/bounds.ts'
import type { DailyChanges } from '../agencies/daily-changes.ts'
import { originOf } from '../agencies/origin.ts'
import type { Server } from '../http/server.ts'
import { setStripeHeaders } from '../http/stripe-headers.ts'
import type { Guard } from '../idempotency/guard.ts'
import { createHeaders, type KeySource, resolveIdempotencyKey, writeHeaders } from '../idempotency/key.ts'
import { earlierAttempts, knownOutcome } from '../journal/attempts.ts'
import type { Change, Changes } from '../journal/changes.ts'
import type { Journal } from '../journal/journal.ts'
import type { Answer } from '../lib/answer.ts'
import { Refusal } from '../lib/refusal.ts'
import type { Scope } from '../lib/scopes.ts'
import { type Code, noQuery, refusals, writeCodes } from '../schema/errors.ts'
import { inData } from '../schema/fields.ts'
import { accountId, accountPath } from '../schema/params.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The journal's name of the change that this route makes. */
    change?: string
  }
}

export type Write<Params extends TProperties, Data extends TSchema, Terms extends object, T extends { id: string }> = {
  method: 'POST' | 'PUT' | 'DELETE'
  /** Below the account's path: `/coupons/:couponId`. */
  path: string
  scope: Scope
  operationId: string
  summary: string
  description?: string
  /** The parameters of the path beside the account's. */
  params?: Params
  /** The schema of `data`, and an example of it; a DELETE has none. */
  body?: { data: Data; example: object }
  status?: 200 | 201
  response: object
  codes?: readonly Code[]
  /** The journal's name of the change; it is part of the key that is derived for Stripe. */
  change: string
  /** Stripe's parameters. @throws Refusal for rules that no schema can express, and for the policy of the caller's key */
  terms: (data: Static<Data>, by: { keySource: KeySource | null; policy: DiscountPolicy }) => Terms
  /** The object that is changed, or created under an id of the caller's. */
  objectId: (params: Static<TObject<Params>>, data: Static<Data>) => string | null
  call: (
    account: ConnectedAccount,
    params: Static<TObject<Params>>,
    terms: Terms,
    stripeKey: string,
  ) => Promise<Answer<T>>
  toBody: (value: T) => object
}

type Dependencies = { accounts: Accounts; changes: Changes; daily: DailyChanges; guard: Guard; journal: Journal }

export type AddWrite = ReturnType<typeof createWrite>

/**
 * Returns a function that adds a write on an account, with what all writes share: access, the Idempotency-Key, the proof of
 * ownership, the journal, the headers and the refusals.
 */
export function createWrite(server: Server, { accounts, changes, daily, guard, journal }: Dependencies) {
  /** The earlier attempts, by the caller's own agency, of a change that is refused before it is begun; undefined where unknown. */
  const attemptsBefore = async (
    request: FastifyRequest<{ Params: { accountId: string } }>,
    change: Pick<Change<object>, 'operation' | 'objectId' | 'fields'>,
  ) => {
    const { agencyId, bounds } = callerOf(request)
    const id = request.params.accountId
    const origin = originOf(request)
    if (isHidden(bounds, id) && origin.keySource === 'caller') return undefined
    return await earlierAttempts(journal, { agencyId, id }, origin, change)
  }

  return <
    T extends { id: string },
    Terms extends object,
    Params extends TProperties = {},
    Data extends TSchema = TSchema,
  >(
    write: Write<Params, Data, Terms, T>,
  ): void => {
    const { method, path, scope, operationId, summary, description, params, body, status = 200, response } = write
    const { codes = writeCodes, change: operation, terms: termsOf, objectId, call, toBody } = write
    server.route({
      method,
      url: accountPath + path,
      config: { access: scope, change: operation },
      // Stripe keeps no Idempotency-Key for a DELETE.
      ...(method !== 'DELETE' && { onRequest: resolveIdempotencyKey }),
      schema: {
        operationId,
        tags: ['Stripe Connect'],
        summary,
        ...(description !== undefined && { description }),
        params: Type.Object({ accountId, ...params }),
        querystring: noQuery,
        ...(method !== 'DELETE' && { headers: method === 'POST' ? createHeaders : writeHeaders }),
        ...(body && { body: inData(body.data, body.example) }),
        response: { [status]: { description: status === 201 ? 'Created' : 'OK', ...response }, ...refusals(...codes) },
      },
      handler: async (request, reply) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the route's schema has checked both
        const input = { params: request.params, ...(request.body as object) } as unknown as {
          params: Static<TObject<Params>>
          data: Static<Data>
        }
        const caller = callerOf(request)
        const change = { operation, objectId: objectId(input.params, input.data), fields: input.data }
        const allowedTerms = () => {
          const policy = callerOf(request).bounds
          return termsOf(input.data, { keySource: originOf(request).keySource, policy })
        }
        const begin = async () => {
          const account = await accounts.accountOf(request)
          if (method === 'POST') {
            const fields = [input.params, input.data]
            await guard(request, reply, caller.bounds.guardSeconds, { account, operation, fields })
          }
          return { account, terms: allowedTerms() }
        }
        const recheck = async () => {
          await request.admitAgain(reply)
          await accounts.accountOf(request)
          allowedTerms()
        }

        const { account, terms } = await begin().catch(async (error: unknown) => {
          if (!(error instanceof Refusal) || error.outcome !== 'not_applied') throw error
          throw knownOutcome(error, await attemptsBefore(request, change))
        })
        const checked = { ...account, recheck }
        const answer = await changes.record(checked, originOf(request), { ...change, terms }, (stripeKey, sent) =>
          daily.count(caller, () => call(checked, input.params, sent, stripeKey)),
        )
        setStripeHeaders(reply, answer)
        // To return the reply itself would make Fastify watch its stream to the end.
        void reply.code(status)
        return toBody(answer.value)
      },
    })
  }
}
