import { Button } from '@mantine/core'
import { CloudOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError } from '../api/client.ts'
import { CopyButton } from './copy-button.tsx'
import styles from './state.module.css'

type Props = { title?: string; error: unknown; onRetry?: (() => void) | undefined; action?: ReactNode }

/** In place of what could not be read: the server's sentence, the request to name to support, and another try. */
export function ErrorState({ title = 'This could not be loaded', error, onRetry, action }: Props) {
  const requestId = error instanceof ApiError ? error.requestId : undefined
  return (
    <div className={styles.state} role="alert">
      <div className={styles.icon}>
        <CloudOff size={20} aria-hidden />
      </div>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{errorSentence(error)}</p>
      <div className={styles.action}>
        {onRetry && (
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
        {action}
      </div>
      {requestId !== undefined && (
        <div className={styles.request}>
          Request {requestId} <CopyButton value={requestId} label="Copy the request id" />
        </div>
      )}
    </div>
  )
}

/** What an error says to people; a fault of the page itself says no more than that it is one. */
export function errorSentence(error: unknown): string {
  return error instanceof ApiError ? error.message : 'The page has a fault. Reload it and try again.'
}
