import { Alert } from '@mantine/core'
import type { Event } from '../../api/client.ts'

/** A change whose answer was lost: what settles it, and what is safe until then. */
export function OpenEvent({ event }: { event: Event }) {
  return (
    <Alert color="yellow" mb="lg" title="We do not know yet whether this was done">
      The answer of Stripe did not arrive. About ten minutes after the request the server looks it up in Stripe and
      writes here what it found; the operator can have that done at once.
      {event.idempotency_key !== null &&
        ' Until then it is safe to send the same request again with the same Idempotency-Key: it gets the answer of the first one, and nothing is made twice.'}
    </Alert>
  )
}
