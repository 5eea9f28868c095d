import { isRecord } from './is-record.ts'

/** The shape of a Stripe account's id, as a regular expression. */
export const accountIdPattern = '^acct_[A-Za-z0-9_]{1,64}$'
const pattern = new RegExp(accountIdPattern)

/** Whether the text has the shape of a Stripe account's id. */
export function isAccountId(text: string): boolean {
  return pattern.test(text)
}

/** The account among a path's parameters; undefined for a text that can be none, which may be as long as a path. */
export function accountIdOf(params: unknown): string | undefined {
  const id = isRecord(params) ? params['accountId'] : undefined
  return typeof id === 'string' && isAccountId(id) ? id : undefined
}
