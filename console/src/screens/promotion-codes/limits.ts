import { currencyDecimals, parseMoney, plainAmount } from '../../lib/money.ts'
import { localTime, unixSecond } from '../../lib/time.ts'
import type { PromotionCode } from '../../api/client.ts'
import type { NewPromotionCode } from '../../api/promotion-codes.ts'
import type { FieldErrors } from '../../components/use-write-form.ts'

/** The limits of a code as they are typed. */
export type LimitsDraft = {
  redemptions: string
  /** In the reader's zone, as a field of the type datetime-local has it. */
  expires: string
  isFirstTime: boolean
  minimum: string
  currency: string
}
type Limits = Pick<NewPromotionCode, 'max_redemptions' | 'expires_at' | 'restrictions'>

export const noLimits: LimitsDraft = { redemptions: '', expires: '', isFirstTime: false, minimum: '', currency: 'usd' }

export const limitFields = [
  'data.max_redemptions',
  'data.expires_at',
  'data.restrictions.minimum_amount_currency',
  'data.restrictions.minimum_amount',
]

/** What is sent for the limits, and what is wrong with them. */
export function readLimits(draft: LimitsDraft): { data: Limits; errors: FieldErrors } {
  const data: Limits = {}
  const errors: FieldErrors = {}
  const restrictions: NonNullable<Limits['restrictions']> = {}
  if (draft.redemptions.trim() !== '') {
    const count = Number(draft.redemptions)
    if (Number.isSafeInteger(count) && count > 0) data.max_redemptions = count
    else errors['data.max_redemptions'] = 'This must be a whole number from 1 on.'
  }
  if (draft.expires !== '') data.expires_at = unixSecond(draft.expires)
  if (Number.isNaN(data.expires_at)) errors['data.expires_at'] = 'This must be a date and time.'
  if (draft.isFirstTime) restrictions.first_time_transaction = true
  if (draft.minimum.trim() !== '') {
    const currency = draft.currency.trim().toLowerCase()
    const amount = parseMoney(draft.minimum, currency)
    const decimals = currencyDecimals(currency)
    if (amount === undefined) {
      const places = decimals === 0 ? 'without decimals' : `with up to ${decimals} decimals`
      errors['data.restrictions.minimum_amount'] = `This must be an amount ${places}.`
    } else Object.assign(restrictions, { minimum_amount: amount, minimum_amount_currency: currency })
  }
  if (Object.keys(restrictions).length > 0) data.restrictions = restrictions
  return { data, errors }
}

/** The limits of a code as somebody would type them. */
export function draftOf({ max_redemptions: cap, expires_at: end, restrictions }: PromotionCode): LimitsDraft {
  const {
    first_time_transaction: isFirstTime,
    minimum_amount: amount,
    minimum_amount_currency: currency,
  } = restrictions
  const hasMinimum = amount !== null && currency !== null
  return {
    redemptions: cap === null ? '' : String(cap),
    expires: end === null ? '' : exactTime(end),
    isFirstTime,
    minimum: hasMinimum ? plainAmount(amount, currency) : '',
    currency: hasMinimum ? currency : noLimits.currency,
  }
}

/** Local time with seconds, where there are some, so that a code like another one ends in the same second. */
function exactTime(seconds: number): string {
  const rest = seconds % 60
  return rest === 0 ? localTime(seconds) : `${localTime(seconds)}:${String(rest).padStart(2, '0')}`
}
