import { type Static, Type } from 'typebox'
import { closed, exactInteger, integerOrNull, metadata, numberOrNull, textOrNull } from '../schema/fields.ts'
import { newCouponSchema } from './schema.ts'

const sample = Type.Object(
  {
    amount: exactInteger({ minimum: 0, description: 'A price in the currency’s smallest unit.', examples: [5000] }),
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
        id: textOrNull,
        amount_off: integerOrNull,
        applies_to: Type.Unsafe<{ products: string[] } | null>({
          ...Type.Object({ products: Type.Array(Type.String()) }, closed),
          nullable: true,
        }),
        currency: textOrNull,
        currency_options: Type.Unsafe<Record<string, { amount_off: number }> | null>({
          ...Type.Record(Type.String(), Type.Object({ amount_off: Type.Integer() }, closed)),
          nullable: true,
        }),
        duration: Type.String(),
        duration_in_months: integerOrNull,
        max_redemptions: integerOrNull,
        metadata,
        name: textOrNull,
        percent_off: numberOrNull,
        redeem_by: integerOrNull,
      },
      { ...closed, description: 'The terms as they would be sent to Stripe; null where unset.' },
    ),
    summary: Type.String({ description: 'What the coupon does, in one sentence.' }),
    effects: Type.Array(
      Type.Object(
        {
          amount: Type.Integer(),
          currency: Type.String(),
          applies: Type.Boolean({ description: 'False where the coupon has no amount in this currency.' }),
          discount: Type.Integer(),
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
          }),
          message: Type.String(),
        },
        closed,
      ),
    ),
  },
  { $id: 'CouponPreview', ...closed },
)

export type Sample = Static<typeof sample>
export type Preview = Static<typeof previewSchema>
export type Effect = Preview['effects'][number]
export type Warning = Preview['warnings'][number]
