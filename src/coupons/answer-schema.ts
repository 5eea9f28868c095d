import { type Static, Type } from 'typebox'
import { closed, integerOrNull, metadata, numberOrNull, textOrNull } from '../schema/fields.ts'

/** The fifteen fields of a coupon. `duration` is no enum, because Stripe may add a value. */
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

/** The fields of a search's answer beside its page. */
export const searchSchema = Type.Object(
  {
    searched: Type.Integer({ description: 'How many coupons were looked at.' }),
    bound_reached: Type.Boolean({
      description: 'True where the search stopped before it had seen all: go on with `next_cursor`.',
    }),
  },
  { ...closed, description: 'Only with `query`.' },
)
