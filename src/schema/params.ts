import { Type } from 'typebox'

export const accountPath = '/v1/public/stripe/connect/accounts/:accountId'

/** Whether an account exists is decided by its look-up alone, so its shape is not checked here. */
export const accountId = Type.String({
  description: 'The Stripe connected account ID',
  examples: ['acct_1NxW2aB3cD4eF5gH'],
})

/** An id of a Stripe object in a path. */
export function objectId(description: string, example: string) {
  return Type.String({
    description,
    examples: [example],
    minLength: 1,
    maxLength: 5000,
    pattern: '^[^\\u0000-\\u001f\\u007f]*$',
    'x-pattern-message': 'has control characters, which no id has.',
  })
}
