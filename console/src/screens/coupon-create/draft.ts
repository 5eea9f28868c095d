import type { Coupon } from '../../api/client.ts'
import { newKey } from '../../api/make.ts'
import { forget, keep, kept, remembered } from '../../lib/storage.ts'
import { blankForm, type Form, formLike, type Terms } from './form.ts'

/** A form and the one coupon that may come of it. */
export type Draft = {
  /** The Idempotency-Key of everything that is sent until there is a clear answer. */
  key: string
  /** The id of the coupon that the form was filled in from. */
  like: string | null
  form: Form
  /** What was sent under the key, and when in milliseconds, until there is a clear answer. */
  sent: { terms: Terms; at: number } | null
  /** The coupon that came of the draft before, if its answer arrived when the screen had gone. */
  made: { id: string; name: string } | null
}

/** The draft of this tab for an account, or a new one. What was sent without a clear answer comes before everything else. */
export function openDraft(accountId: string, like: Coupon | undefined): Draft {
  const former = keptDraft(accountId)
  if (former && (former.sent || former.like === (like?.id ?? null))) return former
  const draft = newDraft(like)
  keepDraft(accountId, draft)
  return draft
}

export function newDraft(like?: Coupon): Draft {
  const currency = remembered('currency') ?? 'usd'
  return {
    key: newCouponKey(),
    like: like?.id ?? null,
    form: like ? formLike(like, currency) : blankForm(currency),
    sent: null,
    made: null,
  }
}

export function newCouponKey(): string {
  return `console_${newKey()}`
}

const nameOf = (accountId: string) => `coupon-draft.${accountId}`

/** Whether this tab has sent something for the account without a clear answer yet. */
export function isUnanswered(accountId: string): boolean {
  return Boolean(keptDraft(accountId)?.sent)
}

function keptDraft(accountId: string) {
  return kept<Draft | undefined>(nameOf(accountId), undefined)
}

export function keepDraft(accountId: string, draft: Draft): void {
  keep(nameOf(accountId), draft)
}

export function forgetDraft(accountId: string): void {
  forget(nameOf(accountId))
}
