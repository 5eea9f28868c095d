import type { Coupon } from '../../api/client.ts'
import { newKey } from '../../api/make.ts'
import { remembered } from '../../lib/storage.ts'
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

/** Stripe forgets a key after a day; to ask again later could make a second coupon. */
export const keyHours = 23

/** The draft of this tab for an account, or a new one. What was sent without a clear answer comes before everything else. */
export function openDraft(accountId: string, like: Coupon | undefined): Draft {
  const kept = keptDraft(accountId)
  if (kept && (kept.sent || kept.like === (like?.id ?? null))) return kept
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

const nameOf = (accountId: string) => `chatdash.coupon-draft.${accountId}`

/** Whether this tab has sent something for the account without a clear answer yet. */
export function isUnanswered(accountId: string): boolean {
  return Boolean(keptDraft(accountId)?.sent)
}

function keptDraft(accountId: string): Draft | undefined {
  try {
    const draft: Draft | null = JSON.parse(sessionStorage.getItem(nameOf(accountId)) ?? 'null')
    return draft ?? undefined
  } catch {
    return undefined
  }
}

/** Keeps the draft through reload, back and forward. A browser that stores nothing has it until the page is left. */
export function keepDraft(accountId: string, draft: Draft): void {
  try {
    sessionStorage.setItem(nameOf(accountId), JSON.stringify(draft))
  } catch {
    // Then the draft lives as long as the page.
  }
}

export function forgetDraft(accountId: string): void {
  try {
    sessionStorage.removeItem(nameOf(accountId))
  } catch {
    // Then there is none.
  }
}
