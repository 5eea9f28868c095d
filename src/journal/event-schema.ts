import { type Static, Type } from 'typebox'
import { unixSeconds } from '../lib/times.ts'
import { closed, integerOrNull, textOrNull } from '../schema/fields.ts'
import type { JournalEvent } from './events.ts'

const textOrNone = (description: string) => Type.Unsafe<string | null>({ ...textOrNull, description })

/** An event as the public API shows it. */
export const eventSchema = Type.Object(
  {
    id: Type.String({ description: 'Names the change, or the event where it is none.' }),
    object: Type.String({ description: 'Always `event`.' }),
    type: Type.String({ description: 'What was asked for: `coupon.create`, `api_key.created`, `request.refused`, …' }),
    created: Type.Integer({ description: 'When it was asked for, in seconds since 1970.' }),
    livemode: Type.Boolean({ description: 'Whether it was asked of Stripe in live mode.' }),
    account: textOrNone('The connected account.'),
    object_id: textOrNone('The coupon, promotion code or API key that was made or changed.'),
    actor: Type.String({ description: 'Who acted: `api_key`, `worker` for bulk jobs, or `operator`.' }),
    key: textOrNone('The id of the API key that asked; of an operator’s change, the key that was changed.'),
    address: textOrNone('The IP address of the caller.'),
    request_id: textOrNone('The `Request-Id` of the answer.'),
    idempotency_key: textOrNone('The Idempotency-Key of the request.'),
    idempotency_key_source: textOrNone(
      '`caller` where the caller sent the key, `guard` where equal requests share one, `generated` where it was made for this one.',
    ),
    terms: textOrNone('What was asked for, as JSON; null where it is long.'),
    outcome: textOrNone(
      '`applied`, `replayed` where an earlier request had made it, `not_applied`, or `unknown`; null while nobody knows.',
    ),
    code: textOrNone('The code of the refusal.'),
    message: textOrNone('Stripe’s sentence or ours, or the evidence by which the outcome was settled.'),
    stripe_request_id: textOrNone('Stripe’s id of its answer.'),
    ended: Type.Unsafe<number | null>({ ...integerOrNull, description: 'When the answer was there.' }),
    settled: Type.Unsafe<number | null>({
      ...integerOrNull,
      description: 'When the outcome was found by asking Stripe, because the answer had been lost.',
    }),
  },
  {
    $id: 'Event',
    ...closed,
    examples: [
      {
        id: 'chg_5f0c6e1a9d3b2c4e8f7a6b5c',
        object: 'event',
        type: 'coupon.create',
        created: 1700000000,
        livemode: true,
        account: 'acct_1NxW2aB3cD4eF5gH',
        object_id: 'SUMMER20',
        actor: 'api_key',
        key: 'key_5f0c6e1a9d3b2c4e8f7a6b5c',
        address: '203.0.113.7',
        request_id: 'req_5f0c6e1a9d3b2c4e8f7a6b5c',
        idempotency_key: 'order-1042',
        idempotency_key_source: 'caller',
        terms: '{"name":"Summer Sale","id":"SUMMER20","percent_off":25,"duration":"once"}',
        outcome: 'applied',
        code: null,
        message: null,
        stripe_request_id: 'req_Tz82ZNiWmVMOWb',
        ended: 1700000000,
        settled: null,
      },
    ],
  },
)

export function toPublicEvent(event: JournalEvent): Static<typeof eventSchema> {
  return {
    id: event.id,
    object: 'event',
    type: event.type,
    created: unixSeconds(event.at),
    livemode: event.mode === 'live',
    account: event.accountId,
    object_id: event.objectId,
    actor: event.actor,
    key: event.keyId,
    address: event.address,
    request_id: event.requestId,
    idempotency_key: event.idempotencyKey,
    idempotency_key_source: event.keySource,
    terms: event.terms,
    outcome: event.outcome,
    code: event.code,
    message: event.message,
    stripe_request_id: event.stripeRequestId,
    ended: unixSeconds(event.endedAt),
    settled: unixSeconds(event.settledAt),
  }
}
