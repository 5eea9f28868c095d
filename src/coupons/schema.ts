import { type Static, Type } from 'typebox'
import {
  closed,
  exactInteger,
  integerOrNull,
  metadata,
  metadataChanges,
  newMetadata,
  numberOrNull,
  textOrNull,
} from '../schema/fields.ts'

const name = Type.String({
  maxLength: 40,
  description: 'Display name for the coupon. Where there is none, Stripe shows the id.',
  examples: ['Summer Sale'],
})

const currencyOptions = Type.Record(
  Type.String(),
  Type.Object(
    { amount_off: exactInteger({ minimum: 1, description: 'Amount off in smallest currency unit.', examples: [900] }) },
    closed,
  ),
  { description: 'The amount off in further currencies, by lower-case currency code. Only beside amount_off.' },
)

export const newCouponSchema = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 5000,
        description: 'An id of your own choice. Stripe makes one where there is none.',
        examples: ['SUMMER20'],
      }),
    ),
    name: Type.Optional(name),
    percent_off: Type.Optional(
      Type.Number({
        description: 'Percent discount (1-100), with at most two decimals. Required if amount_off is not provided.',
        examples: [25],
      }),
    ),
    amount_off: Type.Optional(
      exactInteger({
        description: 'Amount off in smallest currency unit. Required if percent_off is not provided.',
        examples: [1000],
      }),
    ),
    currency: Type.Optional(
      Type.String({
        description: 'Three-letter ISO currency code. Required when amount_off is provided.',
        examples: ['usd'],
      }),
    ),
    duration: Type.Optional(
      Type.Enum(['once', 'repeating', 'forever'], {
        type: 'string',
        default: 'once',
        description: "How long the coupon applies. Defaults to 'once'.",
        examples: ['once'],
      }),
    ),
    duration_in_months: Type.Optional(
      exactInteger({
        description: "Number of months the coupon applies. Required when duration is 'repeating'.",
        examples: [3],
      }),
    ),
    max_redemptions: Type.Optional(
      exactInteger({ minimum: 1, description: 'Maximum number of times the coupon can be redeemed.', examples: [100] }),
    ),
    redeem_by: Type.Optional(
      exactInteger({
        minimum: 0,
        description: 'Unix timestamp (seconds) after which the coupon can no longer be redeemed; within five years.',
        examples: [1893456000],
      }),
    ),
    metadata: Type.Optional(newMetadata),
    applies_to: Type.Optional(
      Type.Object(
        { products: Type.Array(Type.String({ minLength: 1, maxLength: 5000 }), { minItems: 1 }) },
        { ...closed, description: 'The products that the discount is limited to.' },
      ),
    ),
    currency_options: Type.Optional(currencyOptions),
  },
  closed,
)

export const couponChangesSchema = Type.Object(
  {
    name: Type.Optional(Type.Unsafe<string | null>({ ...name, nullable: true })),
    metadata: Type.Optional(metadataChanges),
    currency_options: Type.Optional(currencyOptions),
  },
  { ...closed, minProperties: 1 },
)

export type NewCouponData = Static<typeof newCouponSchema>
export type CouponChangesData = Static<typeof couponChangesSchema>

/** The fifteen fields of a coupon. Open in what is given: Stripe may add a duration. */
export const couponSchema = Type.Object(
  {
    id: Type.String(),
    object: Type.String(),
    amount_off: integerOrNull,
    created: Type.Integer(),
    currency: textOrNull,
    duration: Type.String(),
    duration_in_months: integerOrNull,
    livemode: Type.Boolean(),
    max_redemptions: integerOrNull,
    metadata,
    name: Type.String(),
    percent_off: numberOrNull,
    redeem_by: integerOrNull,
    times_redeemed: Type.Integer(),
    valid: Type.Boolean(),
  },
  { $id: 'Coupon', ...closed },
)

export type Coupon = Static<typeof couponSchema>

export const deletedCouponSchema = Type.Object(
  { id: Type.String(), object: Type.String(), deleted: Type.Boolean() },
  { $id: 'DeletedCoupon', ...closed },
)

/** What a search tells beside its page. */
export const searchSchema = Type.Object(
  {
    searched: Type.Integer({ description: 'How many coupons were looked at.' }),
    bound_reached: Type.Boolean({
      description: 'True where the search stopped before it had seen all: go on with `next_cursor`.',
    }),
  },
  { ...closed, description: 'Only with `query`.' },
)
