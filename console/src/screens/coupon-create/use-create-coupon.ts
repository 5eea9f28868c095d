import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, bodyOf, type Coupon } from '../../api/client.ts'
import { couponQuery } from '../../api/coupons.ts'
import { isClear } from '../../api/make.ts'
import { remember } from '../../lib/storage.ts'
import { createPath, type Form, type Terms, termsOf } from './form.ts'
import { type Draft, forgetDraft, keepDraft, newCouponKey, newDraft, openDraft } from './draft.ts'

type Sending = { key: string; terms: Terms; again: boolean }

/**
 * The draft of a coupon, and how it is sent: one coupon, whatever happens. What is sent is kept with its Idempotency-Key before it
 * leaves, and while no answer says clearly whether it was made, only the same can be sent again under the same key.
 * @param onMade is called if the screen is still there
 */
export function useCreateCoupon(accountId: string, like: Coupon | undefined, onMade: (coupon: Coupon) => void) {
  const queries = useQueryClient()
  const [draft, setDraft] = useState(() => openDraft(accountId, like))
  // The answer may come after the screen has gone, and a second click before the next paint.
  const latest = useRef(draft)
  const change = (next: Draft) => {
    latest.current = next
    keepDraft(accountId, next)
    setDraft(next)
  }

  const create = useMutation({
    mutationFn: ({ key, terms }: Sending) =>
      bodyOf(
        api.POST(createPath, {
          params: { path: { accountId }, header: { 'idempotency-key': key } },
          body: { data: terms },
        }),
      ),
    onSuccess: (coupon) => {
      keepDraft(accountId, { ...newDraft(), made: { id: coupon.id, name: coupon.name } })
      if (coupon.currency !== null) remember('currency', coupon.currency)
      queries.setQueryData(couponQuery(accountId, coupon.id).queryKey, coupon)
      void queries.invalidateQueries({ queryKey: ['coupons', accountId, 'list'] })
      void queries.invalidateQueries({ queryKey: ['coupons', accountId, 'newest'] })
      void queries.invalidateQueries({ queryKey: ['events'] })
    },
    onError: (error, { again }) => {
      if (isClear(error, again)) change({ ...latest.current, key: newCouponKey(), sent: null })
    },
  })

  const send = (sending: Sending) =>
    create.mutate(sending, {
      onSuccess: (coupon) => {
        forgetDraft(accountId)
        onMade(coupon)
      },
    })
  return {
    form: draft.form,
    made: draft.made,
    /** What was sent and has no clear answer, unless its answer is still awaited. */
    unanswered: create.isPending ? null : draft.sent,
    isPending: create.isPending,
    error: create.error,

    edit: (patch: Partial<Form>) => {
      change({ ...latest.current, form: { ...latest.current.form, ...patch } })
      if (create.isError && !latest.current.sent) create.reset()
    },
    submit: () => {
      if (latest.current.sent) return
      const terms = termsOf(latest.current.form)
      change({ ...latest.current, sent: { terms, at: Date.now() } })
      send({ key: latest.current.key, terms, again: false })
    },
    askAgain: () => {
      const { key, sent } = latest.current
      if (sent && !create.isPending) send({ key, terms: sent.terms, again: true })
    },
    /** Gives up what was sent, for a new attempt with the same form. */
    unlock: () => {
      create.reset()
      change({ ...latest.current, key: newCouponKey(), sent: null })
    },
    clear: () => {
      create.reset()
      change(newDraft())
    },
  }
}
