import { type TObject, type TSchema, Type } from 'typebox'

/** Every object on the wire is closed: an unknown field is refused, not ignored. */
export const closed = { additionalProperties: false } as const

/** A body, whose fields are under `data`, with its documented example. */
export const inData = <T extends TSchema>(data: T, example: object): TObject<{ data: T }> =>
  Type.Object({ data }, { ...closed, examples: [{ data: example }] })

// OpenAPI 3.0 says "or null" with a keyword of its own.
export const integerOrNull = Type.Unsafe<number | null>({ type: 'integer', nullable: true })
export const numberOrNull = Type.Unsafe<number | null>({ type: 'number', nullable: true })
export const textOrNull = Type.Unsafe<string | null>({ type: 'string', nullable: true })

/** No control characters: they are always a mistake, and no invoice can show them. */
export const plainText = {
  pattern: '^[^\\x00-\\x1f\\x7f]*$',
  'x-pattern-message': 'must not contain control characters.',
}

type Described = { description: string; examples?: unknown[] }

/** An integer that JSON carries exactly. */
export const exactInteger = (options: Described & { minimum?: number; maximum?: number; 'x-kind'?: 'amount' }) =>
  Type.Integer({ maximum: Number.MAX_SAFE_INTEGER, ...options })

/** Money, in the currency's smallest unit. */
export const amount = (options: Described & { minimum?: number }) =>
  exactInteger({ minimum: 1, 'x-kind': 'amount', ...options })

/** A time in Unix seconds. A number beyond the year 5138 must be milliseconds. */
export const unixTime = (options: Described) =>
  Type.Integer({ minimum: 0, maximum: 99_999_999_999, 'x-kind': 'time', ...options })

/** Refuses fields that an object does not take with a sentence that says what to do instead. */
export const refusedFields = (names: string[], sentence: string) => ({
  'x-refused-fields': Object.fromEntries(names.map((name) => [name, sentence])),
})

const metadataRules = {
  propertyNames: Type.String({
    minLength: 1,
    maxLength: 40,
    pattern: '^[^\\[\\]]*$',
    'x-pattern-message': 'must not have square brackets in a key.',
  }),
  maxProperties: 50,
}
const metadataValueMax = 500

/** Documented by Stripe: up to 50 keys of up to 40 characters without square brackets, values of up to 500. */
export const newMetadata = Type.Record(Type.String(), Type.String({ maxLength: metadataValueMax }), {
  ...metadataRules,
  description: 'Up to 50 keys of up to 40 characters without square brackets, with values of up to 500.',
  examples: [{ campaign: 'summer' }],
})

export const metadataChanges = Type.Unsafe<Record<string, string | null> | null>({
  type: 'object',
  nullable: true,
  additionalProperties: { type: 'string', nullable: true, maxLength: metadataValueMax },
  ...metadataRules,
  description: 'Is merged into what is there: null or "" removes a key, null instead of the object removes all.',
  examples: [{ campaign: 'winter' }],
})

/** The metadata of an answer. */
export const metadata = Type.Record(Type.String(), Type.String(), {
  description: 'The keys and values that were stored with the object.',
  examples: [{}],
})
