import { type Static, Type } from 'typebox'
import {
  amount,
  closed,
  exactInteger,
  metadataChanges,
  newMetadata,
  plainText,
  refusedFields,
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

/** Stripe supports fewer currencies than this. */
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
