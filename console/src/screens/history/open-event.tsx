import type { Event } from '../../api/client.ts'
import { Notice } from '../../components/notice.tsx'

/** A change whose answer was lost: what settles it, and what is safe until then. */
export function OpenEvent({ event }: { event: Event }) {
  return (
    <Notice title="We do not know yet whether this was done">
      Stripe gave no clear answer, or it was lost. About ten minutes after the request the server looks it up in Stripe
      and writes here what it found; the operator can have that done at once.
      {event.idempotency_key !== null &&
        ' Until then it is safe to send the same request again with the same Idempotency-Key: it gets the answer of the first one, and nothing is made twice.'}
    </Notice>
  )
}
