import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { ApiError } from '../../api/client.ts'
import { errorSentence } from '../../components/error-state.tsx'
import { TextLink } from '../../components/link-button.tsx'
import { keyHours } from './draft.ts'
import styles from './coupon-create.module.css'

type Props = {
  accountId: string
  /** When it was sent, in milliseconds. */
  sentAt: number
  error: Error | null
  onAskAgain: () => void
  onUnlock: () => void
}

/** What was sent may have been made, or not. Asking again under the same key is safe; where that cannot tell, people look. */
export function Unanswered({ accountId, sentAt, error, onAskAgain, onUnlock }: Props) {
  const panel = useRef<HTMLDivElement>(null)
  useEffect(() => panel.current?.focus(), [])
  const canAsk = Date.now() - sentAt < keyHours * 3_600_000 && !(error instanceof ApiError && !error.retryable)
  const isMade = error instanceof ApiError && error.outcome === 'applied'
  return (
    <div ref={panel} tabIndex={-1} role="alert" className={styles.unanswered}>
      <h2>{isMade ? 'It was made, but its answer was lost' : 'We do not know yet whether it was made'}</h2>
      <p>{error ? errorSentence(error) : 'The page was left before the answer came.'}</p>
      {canAsk ? (
        <>
          <p>
            Asking again carries the same key: if the coupon is there, you get it; if not, it is made now. Never twice.
          </p>
          <Button onClick={onAskAgain}>Ask again</Button>
        </>
      ) : (
        <>
          <p>
            Asking again can no longer tell. Look for it among the{' '}
            <TextLink to="/$account/coupons" params={{ account: accountId }}>
              newest coupons
            </TextLink>
            . If it is there after all, sending the form once more makes a second one.
          </p>
          <Button variant="default" onClick={onUnlock}>
            It is not there: open the form again
          </Button>
        </>
      )}
    </div>
  )
}
