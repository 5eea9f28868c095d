import { type Static, Type } from 'typebox'
import type { Coupon } from '../coupons/schema.ts'
import {
  closed,
  exactInteger,
  integerOrNull,
  metadata,
  metadataChanges,
  newMetadata,
  textOrNull,
} from '../schema/fields.ts'

const restrictions = Type.Object(
  {
    first_time_transaction: Type.Optional(
      Type.Boolean({ description: 'Only for customers who have not paid before.', examples: [true] }),
    ),
    minimum_amount: Type.Optional(
      exactInteger({
        minimum: 1,
        description: 'The least to be paid for the code to apply, in the smallest currency unit.',
        examples: [5000],
      }),
    ),
    minimum_amount_currency: Type.Optional(
      Type.String({
        description: 'Three-letter ISO currency code. Required when minimum_amount is provided.',
        examples: ['usd'],
      }),
    ),
  },
  closed,
)

/** What a code can be limited to; the same for one code and for many. */
export const limits = {
  max_redemptions: Type.Optional(
    exactInteger({ minimum: 1, description: 'Maximum number of times the code can be redeemed.', examples: [1] }),
  ),
  expires_at: Type.Optional(
    exactInteger({
      minimum: 0,
      description: 'Unix timestamp (seconds) after which the code can no longer be redeemed; within five years.',
      examples: [1893456000],
    }),
  ),
  restrictions: Type.Optional(restrictions),
  metadata: Type.Optional(newMetadata),
}

/** The code itself: what customers type. Documented by Stripe as letters, digits and dashes; it takes underscores too. */
export const codeText = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: '^[A-Za-z0-9_-]*$',
  'x-pattern-message': 'must have only letters, digits, dashes and underscores.',
  description: 'What customers type; case does not count. Stripe makes one where there is none.',
  examples: ['SUMMER-2026'],
})

export const newPromotionCodeSchema = Type.Object(
  {
    coupon: Type.String({
      minLength: 1,
      maxLength: 5000,
      description: 'The id of the coupon that the code gives.',
      examples: ['SUMMER20'],
    }),
    code: Type.Optional(codeText),
    customer: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 5000,
        description: 'The only customer who can use the code.',
        examples: ['cus_NffrFeUfNV2Hib'],
      }),
    ),
    active: Type.Optional(Type.Boolean({ description: 'Whether the code can be redeemed. Defaults to true.' })),
    ...limits,
  },
  closed,
)

export const promotionCodeChangesSchema = Type.Object(
  {
    active: Type.Optional(
      Type.Boolean({ description: 'False switches the code off; true switches it on, if it still can be redeemed.' }),
    ),
    metadata: Type.Optional(metadataChanges),
  },
  { ...closed, minProperties: 1 },
)

export type NewPromotionCodeData = Static<typeof newPromotionCodeSchema>
export type PromotionCodeChangesData = Static<typeof promotionCodeChangesSchema>

export const promotionCodeSchema = Type.Object(
  {
    id: Type.String(),
    object: Type.String(),
    active: Type.Boolean(),
    code: Type.String(),
    coupon: Type.Unsafe<Coupon | null>({
      type: 'object',
      allOf: [{ $ref: 'Coupon#' }],
      nullable: true,
      description: 'The whole coupon; null where Stripe no longer tells it.',
    }),
    created: Type.Integer(),
    customer: textOrNull,
    customer_account: textOrNull,
    expires_at: integerOrNull,
    livemode: Type.Boolean(),
    max_redemptions: integerOrNull,
    metadata,
    restrictions: Type.Object(
      {
        first_time_transaction: Type.Boolean(),
        minimum_amount: integerOrNull,
        minimum_amount_currency: textOrNull,
      },
      closed,
    ),
    times_redeemed: Type.Integer(),
  },
  { $id: 'PromotionCode', ...closed },
)

export type PromotionCode = Static<typeof promotionCodeSchema>
