import { Type } from 'typebox'

/** Every object on the wire is closed: a field that nobody knows is refused, not ignored. */
export const closed = { additionalProperties: false } as const

// OpenAPI 3.0 says "or null" with a keyword of its own.
export const integerOrNull = Type.Unsafe<number | null>({ type: 'integer', nullable: true })
export const numberOrNull = Type.Unsafe<number | null>({ type: 'number', nullable: true })
export const textOrNull = Type.Unsafe<string | null>({ type: 'string', nullable: true })

/** An integer that can be told exactly in JSON. */
export const exactInteger = (options: {
  minimum?: number
  maximum?: number
  description: string
  examples: number[]
}) => Type.Integer({ maximum: Number.MAX_SAFE_INTEGER, ...options })

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
  description: 'Up to 50 keys of up to 40 characters, with values of up to 500.',
})

export const metadataChanges = Type.Unsafe<Record<string, string | null> | null>({
  type: 'object',
  nullable: true,
  additionalProperties: { type: 'string', nullable: true, maxLength: metadataValueMax },
  ...metadataRules,
  description: 'Is merged into what is there: null or "" removes a key, null instead of the object removes all.',
})

export const metadata = Type.Record(Type.String(), Type.String())
