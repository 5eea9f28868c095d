import { type Static, Type } from 'typebox'
import { amount, closed, integerOrNull, metadata, numberOrNull, textOrNull } from '../schema/fields.ts'
import { newCouponSchema } from './schema.ts'

const sample = Type.Object(
  {
    amount: amount({ minimum: 0, description: 'A price in the currency’s smallest unit.', examples: [5000] }),
    currency: Type.String({ description: 'Three-letter ISO currency code.', examples: ['usd'] }),
  },
  closed,
)

export const previewBody = Type.Object(
  {
    data: newCouponSchema,
    samples: Type.Optional(
      Type.Array(sample, { maxItems: 100, description: 'Prices to show the effect of the coupon on.' }),
    ),
  },
  {
    ...closed,
    examples: [
      {
        data: { name: 'Summer Sale', percent_off: 25, duration: 'repeating', duration_in_months: 3 },
        samples: [{ amount: 4999, currency: 'usd' }],
      },
    ],
  },
)

export const previewSchema = Type.Object(
  {
    coupon: Type.Object(
      {
        id: { ...textOrNull, description: 'The id of your own choice.' },
        amount_off: { ...integerOrNull, description: 'The amount off, in the smallest currency unit.' },
        applies_to: Type.Unsafe<{ products: string[] } | null>({
          ...Type.Object({ products: Type.Array(Type.String(), { description: 'Their ids.' }) }, closed),
          nullable: true,
          description: 'The products that the discount is limited to.',
        }),
        currency: { ...textOrNull, description: 'The currency of `amount_off`, as a lower-case ISO code.' },
        currency_options: Type.Unsafe<Record<string, { amount_off: number }> | null>({
          ...Type.Record(
            Type.String(),
            Type.Object({ amount_off: Type.Integer({ description: 'In the smallest currency unit.' }) }, closed),
          ),
          nullable: true,
          description: 'The amount off in further currencies.',
        }),
        duration: Type.String({ description: '`once`, `repeating` or `forever`.' }),
        duration_in_months: { ...integerOrNull, description: 'For how many months a repeating coupon applies.' },
        max_redemptions: { ...integerOrNull, description: 'How often the coupon can be redeemed at most.' },
        metadata,
        name: { ...textOrNull, description: 'What customers see; null where they see the id.' },
        percent_off: { ...numberOrNull, description: 'The percentage off.' },
        redeem_by: { ...integerOrNull, description: 'Until when the coupon can be redeemed, in Unix seconds.' },
      },
      { ...closed, description: 'The terms as they would be sent to Stripe; null where unset.' },
    ),
    summary: Type.String({ description: 'What the coupon does, in one sentence.' }),
    effects: Type.Array(
      Type.Object(
        {
          amount: Type.Integer({ description: 'The price of the sample.' }),
          currency: Type.String({ description: 'Its currency, as a lower-case ISO code.' }),
          applies: Type.Boolean({ description: 'False where the coupon has no amount in this currency.' }),
          discount: Type.Integer({ description: 'What the coupon takes off.' }),
          total: Type.Integer({ description: 'What is left to pay; never below zero.' }),
        },
        closed,
      ),
      { description: 'One for each sample, in the same order.' },
    ),
    warnings: Type.Array(
      Type.Object(
        {
          code: Type.Enum(['free_forever', 'unlimited', 'covers_sample', 'other_currency', 'expires_soon'], {
            type: 'string',
            description: 'What to look at again, for programs.',
          }),
          message: Type.String({ description: 'The same in one sentence.' }),
        },
        closed,
      ),
      { description: 'What may not be meant.' },
    ),
  },
  {
    $id: 'CouponPreview',
    ...closed,
    examples: [
      {
        coupon: {
          id: null,
          amount_off: null,
          applies_to: null,
          currency: null,
          currency_options: null,
          duration: 'repeating',
          duration_in_months: 3,
          max_redemptions: null,
          metadata: {},
          name: 'Summer Sale',
          percent_off: 25,
          redeem_by: null,
        },
        summary: '25% off every invoice for 3 months.',
        effects: [{ amount: 4999, currency: 'usd', applies: true, discount: 1250, total: 3749 }],
        warnings: [
          {
            code: 'unlimited',
            message: 'Anybody can redeem this coupon at any time: it has neither max_redemptions nor redeem_by.',
          },
        ],
      },
    ],
  },
)

export type Sample = Static<typeof sample>
export type Preview = Static<typeof previewSchema>
export type Effect = Preview['effects'][number]
export type Warning = Preview['warnings'][number]
