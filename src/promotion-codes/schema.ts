import { type Static, Type } from 'typebox'
import { type Coupon, couponSchema } from '../coupons/answer-schema.ts'
import {
  amount,
  closed,
  exactInteger,
  integerOrNull,
  metadata,
  metadataChanges,
  newMetadata,
  refusedFields,
  textOrNull,
  unixTime,
} from '../schema/fields.ts'

const restrictions = Type.Object(
  {
    first_time_transaction: Type.Optional(
      Type.Boolean({ description: 'Only for customers who have not paid before.', examples: [true] }),
    ),
    minimum_amount: Type.Optional(
      amount({
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
  { ...closed, description: 'What must hold of a purchase for the code to apply.' },
)

/** The limits of a code, the same for a single code and for a bulk job. */
export const limits = {
  max_redemptions: Type.Optional(
    exactInteger({ minimum: 1, description: 'Maximum number of times the code can be redeemed.', examples: [1] }),
  ),
  expires_at: Type.Optional(
    unixTime({
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
  { ...closed, description: 'The promotion code to make. A field that is not listed here is refused.' },
)

const changeable = {
  active: Type.Optional(
    Type.Boolean({ description: 'False switches the code off; true switches it on, if it still can be redeemed.' }),
  ),
  metadata: Type.Optional(metadataChanges),
}
const fixed = Object.keys(newPromotionCodeSchema.properties).filter((field) => !(field in changeable))

export const promotionCodeChangesSchema = Type.Object(changeable, {
  ...closed,
  ...refusedFields(fixed, 'cannot change after creation. Make a new promotion code.'),
  description:
    'What is to change. A field that is not listed here is refused. Where nothing is listed, nothing changes.',
})

export type NewPromotionCodeData = Static<typeof newPromotionCodeSchema>
export type PromotionCodeChangesData = Static<typeof promotionCodeChangesSchema>

/** The coupon's schema in its place: in OpenAPI 3.0 a reference to an object cannot be made nullable. */
const nullableCoupon = Type.Unsafe<Coupon | null>({
  ...Type.Object(couponSchema.properties, closed),
  nullable: true,
  description: 'The whole coupon; null where Stripe no longer tells it.',
})

export const promotionCodeSchema = Type.Object(
  {
    id: Type.String({ description: 'The promotion code ID', examples: ['promo_1NxW2aB3cD4eF5gH6iJ7kL8m'] }),
    object: Type.String({ description: 'Always `promotion_code`.', examples: ['promotion_code'] }),
    active: Type.Boolean({ description: 'Whether the code can be redeemed.', examples: [true] }),
    code: Type.String({ description: 'What customers type.', examples: ['SUMMER-2026'] }),
    coupon: nullableCoupon,
    created: Type.Integer({ description: 'When the code was created, in Unix seconds.', examples: [1700000000] }),
    customer: { ...textOrNull, description: 'The only customer who can use the code.' },
    customer_account: { ...textOrNull, description: 'The only customer account that can use the code.' },
    expires_at: { ...integerOrNull, description: 'Until when the code can be redeemed, in Unix seconds.' },
    livemode: Type.Boolean({ description: 'False where Stripe is in test mode.', examples: [true] }),
    max_redemptions: { ...integerOrNull, description: 'How often the code can be redeemed at most.' },
    metadata,
    restrictions: Type.Object(
      {
        first_time_transaction: Type.Boolean({
          description: 'Whether only customers who have not paid before can use it.',
        }),
        minimum_amount: {
          ...integerOrNull,
          description: 'The least to be paid for the code to apply, in the smallest currency unit.',
        },
        minimum_amount_currency: {
          ...textOrNull,
          description: 'The currency of that amount, as a lower-case ISO code.',
        },
      },
      { ...closed, description: 'What must hold of a purchase for the code to apply.' },
    ),
    times_redeemed: Type.Integer({ description: 'How often the code has been redeemed.' }),
  },
  { $id: 'PromotionCode', ...closed },
)

export type PromotionCode = Static<typeof promotionCodeSchema>
