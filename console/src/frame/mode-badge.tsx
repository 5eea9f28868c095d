import { useSession } from '../api/session.ts'
import { StatusBadge } from '../components/status-badge.tsx'

/** Marks what is not real. Live mode needs no mark. */
export function ModeBadge() {
  const { mode } = useSession()
  if (mode === 'live') return null
  return mode === 'sandbox' ? (
    <StatusBadge tone="warning" reason="Nothing here is real: the sandbox stands in for Stripe.">
      SANDBOX
    </StatusBadge>
  ) : (
    <StatusBadge tone="neutral" reason="Stripe’s test mode: no customer sees what is made here.">
      TEST
    </StatusBadge>
  )
}
