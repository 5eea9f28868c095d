import { type Static, Type } from 'typebox'
import {
  amount,
  closed,
  exactInteger,
  integerOrNull,
  metadata,
  metadataChanges,
  newMetadata,
  numberOrNull,
  plainText,
  refusedFields,
  textOrNull,
  unixTime,
} from '../schema/fields.ts'

/** Forty characters, as on Stripe's invoices. Empty counts as none; only spaces cannot be meant. */
const nameSchema = (options: { description: string; examples: string[] }) =>
  Type.String({
    maxLength: 40,
    pattern: '^([^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*)?$',
    'x-pattern-message': 'must not be blank or contain control characters.',
    ...options,
  })

/** More currencies than Stripe has. */
const currencyOptionsMax = 200
const currencyOptions = Type.Record(
  Type.String(),
  Type.Object({ amount_off: amount({ description: 'Amount off in smallest currency unit', examples: [900] }) }, closed),
  {
    maxProperties: currencyOptionsMax,
    description: 'The amount off in further currencies, by lower-case currency code. Only beside amount_off.',
    examples: [{ eur: { amount_off: 900 } }],
  },
)

export const newCouponSchema = Type.Object(
  {
    name: Type.Optional(nameSchema({ description: 'Display name for the coupon', examples: ['Summer Sale'] })),
    percent_off: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 100,
        description: 'Percent discount (1-100). Required if amount_off is not provided.',
        examples: [25],
      }),
    ),
    amount_off: Type.Optional(
      amount({
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
        minimum: 1,
        description: "Number of months the coupon applies. Required when duration is 'repeating'.",
        examples: [3],
      }),
    ),
    max_redemptions: Type.Optional(
      exactInteger({ minimum: 1, description: 'Maximum number of times the coupon can be redeemed', examples: [100] }),
    ),
    redeem_by: Type.Optional(
      unixTime({
        description: 'Unix timestamp after which the coupon can no longer be redeemed',
        examples: [1735689600],
      }),
    ),
    id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 5000,
        ...plainText,
        description:
          'An id of your own choice. Stripe makes one where there is none. Not `.` or `..`, and at most 5,000 characters once ' +
          'it is percent-encoded.',
        examples: ['SUMMER20'],
      }),
    ),
    metadata: Type.Optional(newMetadata),
    applies_to: Type.Optional(
      Type.Object(
        {
          products: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
            minItems: 1,
            maxItems: 100,
            description: 'The ids of the products.',
            examples: [['prod_NWjs8kKbJWmuuc']],
          }),
        },
        { ...closed, description: 'The products that the discount is limited to.' },
      ),
    ),
    currency_options: Type.Optional(currencyOptions),
  },
  {
    ...closed,
    description:
      'The terms of the coupon. A field that is not listed here is refused. `percent_off` has at most two decimals; it or ' +
      '`amount_off` is given, never both. `currency` is one that Stripe supports, in either case. `duration_in_months` goes ' +
      'only with `repeating`. `redeem_by` lies within the next five years. An empty `name` counts as none, and where there is ' +
      'none, customers see the id.',
  },
)

const changeable = {
  name: Type.Optional(
    Type.Unsafe<string | null>({
      ...nameSchema({ description: 'The new display name for the coupon', examples: ['Updated Coupon Name'] }),
      nullable: true,
    }),
  ),
  metadata: Type.Optional(metadataChanges),
  currency_options: Type.Optional(currencyOptions),
}
const fixed = Object.keys(newCouponSchema.properties).filter((field) => !(field in changeable))

export const couponChangesSchema = Type.Object(changeable, {
  ...closed,
  ...refusedFields(fixed, 'cannot change after creation. Make a new coupon.'),
  description:
    'What is to change. A field that is not listed here is refused. Where nothing is listed, nothing changes. An empty `name` ' +
    'removes the name.',
})

export type NewCouponData = Static<typeof newCouponSchema>
export type CouponChangesData = Static<typeof couponChangesSchema>

/** The fifteen fields of a coupon. Open in what is given: Stripe may add a duration. */
export const couponSchema = Type.Object(
  {
    id: Type.String({ description: 'The coupon ID', examples: ['SUMMER20'] }),
    object: Type.String({ description: 'Always `coupon`.', examples: ['coupon'] }),
    amount_off: {
      ...integerOrNull,
      description: 'The amount off, in the smallest currency unit.',
      examples: [null],
    },
    created: Type.Integer({ description: 'When the coupon was created, in Unix seconds.', examples: [1700000000] }),
    currency: {
      ...textOrNull,
      description: 'The currency of `amount_off`, as a lower-case ISO code.',
      examples: [null],
    },
    duration: Type.String({ description: '`once`, `repeating` or `forever`.', examples: ['once'] }),
    duration_in_months: {
      ...integerOrNull,
      description: 'For how many months a repeating coupon applies.',
      examples: [null],
    },
    livemode: Type.Boolean({ description: 'False where Stripe is in test mode.', examples: [true] }),
    max_redemptions: {
      ...integerOrNull,
      description: 'How often the coupon can be redeemed at most.',
      examples: [null],
    },
    metadata,
    name: Type.String({
      description: 'What customers see; the id where no name was given.',
      examples: ['Summer Sale'],
    }),
    percent_off: { ...numberOrNull, description: 'The percentage off.', examples: [25] },
    redeem_by: {
      ...integerOrNull,
      description: 'Until when the coupon can be redeemed, in Unix seconds.',
      examples: [null],
    },
    times_redeemed: Type.Integer({ description: 'How often the coupon has been redeemed.', examples: [0] }),
    valid: Type.Boolean({ description: 'Whether the coupon can still be redeemed.', examples: [true] }),
  },
  { $id: 'Coupon', ...closed },
)

export type Coupon = Static<typeof couponSchema>

const example: Coupon = {
  id: 'SUMMER20',
  object: 'coupon',
  amount_off: null,
  created: 1700000000,
  currency: null,
  duration: 'once',
  duration_in_months: null,
  livemode: true,
  max_redemptions: null,
  metadata: {},
  name: 'Summer Sale',
  percent_off: 25,
  redeem_by: null,
  times_redeemed: 0,
  valid: true,
}

/** An answer of one coupon, as the document shows it: with the contract's example. */
export const couponAnswer = (name = example.name) => ({
  content: { 'application/json': { schema: { $ref: 'Coupon#' }, examples: [{ ...example, name }] } },
})

export const deletedCouponSchema = Type.Object(
  {
    id: Type.String({ description: 'The coupon ID', examples: ['SUMMER20'] }),
    object: Type.String({ description: 'Always `coupon`.', examples: ['coupon'] }),
    deleted: Type.Boolean({ description: 'Always true.', examples: [true] }),
  },
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
