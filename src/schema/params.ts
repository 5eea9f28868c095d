import { Type } from 'typebox'
import { plainText } from './fields.ts'

/** The beginning of the public API's paths. */
export const publicPath = '/v1/public'
export const accountsPath = `${publicPath}/stripe/connect/accounts` as const
export const accountPath = `${accountsPath}/:accountId` as const

/** Its shape is not checked here, so that only the look-up decides whether an account exists. */
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
    ...plainText,
  })
}
