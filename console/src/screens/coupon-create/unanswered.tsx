import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { ApiError } from '../../api/client.ts'
import { canAskAgain } from '../../api/make.ts'
import { errorSentence } from '../../components/error-state.tsx'
import { TextLink } from '../../components/link-button.tsx'
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
  const isMade = error instanceof ApiError && error.outcome === 'applied'
  return (
    <div ref={panel} tabIndex={-1} role="alert" className={styles.unanswered}>
      <h2>{isMade ? 'It was made, but its answer was lost' : 'We do not know yet whether it was made'}</h2>
      <p>{error ? errorSentence(error) : 'The page was left before the answer came.'}</p>
      {canAskAgain(sentAt, error) ? (
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
