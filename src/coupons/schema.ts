import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false } as const

const name = Type.String({
  maxLength: 40,
  description: 'Display name for the coupon. Where there is none, Stripe shows the id.',
  examples: ['Summer Sale'],
})

const metadataKey = Type.String({
  minLength: 1,
  maxLength: 40,
  pattern: '^[^\\[\\]]*$',
  'x-pattern-message': 'must not have square brackets in a key.',
})

const currencyOptions = Type.Record(
  Type.String(),
  Type.Object({ amount_off: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }, closed),
  { description: 'The amount off in further currencies, by lower-case currency code. Only beside amount_off.' },
)

const metadata = { propertyNames: metadataKey, maxProperties: 50 }
const metadataValue = { maxLength: 500 }

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
      Type.Integer({
        maximum: Number.MAX_SAFE_INTEGER,
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
        default: 'once',
        description: "How long the coupon applies. Defaults to 'once'.",
        examples: ['once'],
      }),
    ),
    duration_in_months: Type.Optional(
      Type.Integer({
        maximum: Number.MAX_SAFE_INTEGER,
        description: "Number of months the coupon applies. Required when duration is 'repeating'.",
        examples: [3],
      }),
    ),
    max_redemptions: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Maximum number of times the coupon can be redeemed.',
        examples: [100],
      }),
    ),
    redeem_by: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Unix timestamp (seconds) after which the coupon can no longer be redeemed; within five years.',
        examples: [1735689600],
      }),
    ),
    metadata: Type.Optional(Type.Record(Type.String(), Type.String(metadataValue), metadata)),
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
    metadata: Type.Optional(
      Type.Unsafe<Record<string, string | null> | null>({
        type: 'object',
        nullable: true,
        additionalProperties: { type: 'string', nullable: true, ...metadataValue },
        ...metadata,
        description: 'Is merged into what is there: null or "" removes a key, null instead of the object removes all.',
      }),
    ),
    currency_options: Type.Optional(currencyOptions),
  },
  { ...closed, minProperties: 1 },
)

export type NewCouponData = Static<typeof newCouponSchema>
export type CouponChangesData = Static<typeof couponChangesSchema>

const nullable = { integer: Type.Unsafe<number | null>({ type: 'integer', nullable: true }) }

/** The fifteen fields of a coupon. Open in what is given: Stripe may add a duration. */
export const couponSchema = Type.Object(
  {
    id: Type.String(),
    object: Type.String(),
    amount_off: nullable.integer,
    created: Type.Integer(),
    currency: Type.Unsafe<string | null>({ type: 'string', nullable: true }),
    duration: Type.String(),
    duration_in_months: nullable.integer,
    livemode: Type.Boolean(),
    max_redemptions: nullable.integer,
    metadata: Type.Record(Type.String(), Type.String()),
    name: Type.String(),
    percent_off: Type.Unsafe<number | null>({ type: 'number', nullable: true }),
    redeem_by: nullable.integer,
    times_redeemed: Type.Integer(),
    valid: Type.Boolean(),
  },
  { $id: 'Coupon', ...closed },
)

export type Coupon = Static<typeof couponSchema>
