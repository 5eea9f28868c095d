import { type Static, Type } from 'typebox'
import { closed, exactInteger, integerOrNull, newMetadata, textOrNull } from '../schema/fields.ts'
import { codeText, limits } from '../promotion-codes/schema.ts'

/** How many codes a job may have. */
export const codesMax = 1_000

export const bulkSchema = Type.Object(
  {
    codes: Type.Optional(
      Type.Array(Type.Unsafe<string>({ ...codeText, description: 'What customers type; case does not count.' }), {
        minItems: 1,
        maxItems: codesMax,
        description: 'The codes to make, no two the same whatever the case. Either this or `count`.',
        examples: [['ANNA-2026', 'BEN-2026']],
      }),
    ),
    count: Type.Optional(
      exactInteger({
        minimum: 1,
        maximum: codesMax,
        description: 'How many random codes to make. Either this or `codes`.',
        examples: [100],
      }),
    ),
    prefix: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        pattern: '^[A-Za-z0-9_-]*$',
        'x-pattern-message': 'must have only letters, digits, dashes and underscores.',
        description: 'What each random code begins with. Only with `count`.',
        examples: ['SUMMER-'],
      }),
    ),
    length: Type.Optional(
      exactInteger({
        minimum: 6,
        maximum: 32,
        description:
          'How many random characters follow the prefix; 10 where nothing is said. They are capital letters and digits ' +
          'without those that look alike (0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B). Only with `count`.',
        examples: [10],
      }),
    ),
    ...limits,
    // Stripe takes 50 entries, and the job's own is one of them.
    metadata: Type.Optional(
      Type.Unsafe<Record<string, string>>({
        ...newMetadata,
        maxProperties: 49,
        description:
          'Up to 49 keys of up to 40 characters without square brackets, with values of up to 500. `bulk_job` is the job’s own.',
      }),
    ),
  },
  {
    ...closed,
    description: 'The codes to make, and what each is limited to. A field that is not listed here is refused.',
  },
)

export type BulkData = Static<typeof bulkSchema>

export const bulkJobSchema = Type.Object(
  {
    id: Type.String({ description: 'The id of the job.' }),
    object: Type.String({ description: 'Always `bulk_promotion_codes`.' }),
    coupon: Type.String({ description: 'The id of the coupon.' }),
    status: Type.String({
      description:
        '`queued`, `running`, `done`: every code has been created or has failed, or `canceled`: no more codes are begun.',
    }),
    total: Type.Integer({ description: 'How many codes there are.' }),
    succeeded: Type.Integer({ description: 'How many have been created.' }),
    failed: Type.Integer({ description: 'How many have failed.' }),
    canceled: Type.Integer({ description: 'How many were canceled and do not exist.' }),
    created: Type.Integer({ description: 'When the job was accepted, in seconds since 1970.' }),
    finished_at: { ...integerOrNull, description: 'When the last code was settled, in seconds since 1970.' },
  },
  {
    $id: 'BulkPromotionCodes',
    ...closed,
    examples: [
      {
        id: 'bulk_5f0c6e1a9d3b2c4e8f7a6b5c',
        object: 'bulk_promotion_codes',
        coupon: 'SUMMER20',
        status: 'running',
        total: 100,
        succeeded: 40,
        failed: 0,
        canceled: 0,
        created: 1700000000,
        finished_at: null,
      },
    ],
  },
)

export type BulkJob = Static<typeof bulkJobSchema>

export const bulkCodeSchema = Type.Object(
  {
    code: Type.String({ description: 'What customers type.' }),
    status: Type.String({
      description:
        '`pending`, `created`, `canceled` or `failed`. A failed code was not created, unless `error` says that it was given ' +
        'up after so many tries; it may have been created: look it up.',
    }),
    promotion_code: { ...textOrNull, description: 'The id of the promotion code, once it is created.' },
    error: { ...textOrNull, description: 'Why it failed, in one sentence. Never branch on its text.' },
    error_code: { ...textOrNull, description: 'Why it failed, for programs: the `code` of an error answer.' },
  },
  {
    $id: 'BulkPromotionCode',
    ...closed,
    examples: [
      {
        code: 'SUMMER-K7QX2M9P',
        status: 'created',
        promotion_code: 'promo_1NxW2aB3cD4eF5gH6iJ7kL8m',
        error: null,
        error_code: null,
      },
    ],
  },
)

export type BulkCode = Static<typeof bulkCodeSchema>
