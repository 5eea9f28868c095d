import { Type } from 'typebox'
import { plainText } from './fields.ts'

/** Where the public API begins. */
export const publicPath = '/v1/public'
export const accountsPath = `${publicPath}/stripe/connect/accounts` as const
export const accountPath = `${accountsPath}/:accountId` as const

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
    ...plainText,
  })
}
