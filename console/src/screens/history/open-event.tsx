import type { Event } from '../../api/client.ts'
import { canAskAgain } from '../../api/make.ts'
import { Notice } from '../../components/notice.tsx'
import { cannotBeTold } from '../../lib/event-sentence.ts'

/** A change whose answer was lost: what settles it, or that nothing does, and what is safe. */
export function OpenEvent({ event }: { event: Event }) {
  const [title, words] = cannotBeTold(event)
    ? [
        'Nobody can tell whether this was done',
        'The answer was lost, and Stripe, asked afterwards, could not tell either. Look at the coupons and codes of the account before you ask for it anew.',
      ]
    : [
        'We do not know yet whether this was done',
        'Stripe gave no clear answer, or it was lost. About ten minutes after the request the server looks it up in Stripe and writes here what it found; the operator can have that done at once.',
      ]
  return (
    <Notice title={title}>
      {words}
      {event.actor === 'api_key' &&
        event.idempotency_key !== null &&
        canAskAgain(event.created * 1_000, null) &&
        ' For 23 hours after the request it is safe to send the same request again with the same Idempotency-Key: it gets the answer of the first one, and nothing is made twice.'}
    </Notice>
  )
}
