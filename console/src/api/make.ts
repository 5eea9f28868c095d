import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { forget, keep, kept } from '../lib/storage.ts'
import { ApiError } from './client.ts'

/**
 * Whether a refusal says that nothing more can come of the key: nothing was made under it, or an API key was, whose secret no retry
 * gets. Who may not ask at all is refused before the server looks at the key, so that such an answer to a second request says
 * nothing of the first; after a 401 the server cannot tell even that there was none.
 */
export function isClear(error: Error, again: boolean): boolean {
  if (!(error instanceof ApiError)) return false
  if (error.code === 'already_exists' && error.param === 'Idempotency-Key') return true
  if (error.status === 401) return !again
  return error.outcome === 'not_applied' && (!again || error.status !== 403)
}

/** Stripe forgets a key after a day; to ask again later could make a second one. */
const keyMs = 23 * 3_600_000

/** Whether asking again can tell what became of what was sent at `sentAt`, in milliseconds, and ended in `error`. */
export function canAskAgain(sentAt: number, error: Error | null): boolean {
  return Date.now() - sentAt < keyMs && !(error instanceof ApiError && !error.retryable)
}

/** What is sent, and the form that it was read from. */
type Filled<Data> = { data: Data; draft: unknown }
type Sent<Data> = Filled<Data> & { key: string; at: number }

/**
 * A write that makes something. What is sent is kept in this tab with its Idempotency-Key before it leaves, and until a clear answer
 * only the same is sent again under the same key, so that asking again cannot make a second.
 * @param name tells what is kept from what other forms keep
 */
export function useMake<Data, Made>(name: string, send: (data: Data, idempotencyKey: string) => Promise<Made>) {
  const [sent, setSent] = useState(() => kept<Sent<Data> | undefined>(name, undefined))
  // A second click may come before the next paint.
  const latest = useRef(sent)
  const change = (next: Sent<Data> | undefined) => {
    latest.current = next
    if (next) keep(name, next)
    else forget(name)
    setSent(next)
  }
  const make = useMutation({
    onMutate: () => ({ again: latest.current !== undefined }),
    mutationFn: (filled: Filled<Data>) => {
      const sending = latest.current ?? { ...filled, key: newKey(), at: Date.now() }
      change(sending)
      return send(sending.data, sending.key)
    },
    onSettled: (_made, error, _filled, context) => {
      if (!isLeftOpen(error, context)) change(undefined)
    },
  })
  return {
    ...make,
    name,
    /** What has no clear answer: nobody knows yet whether it was made, or its answer was lost. */
    unanswered: make.isPending ? undefined : sent,
    /** Gives up what was sent, for a new attempt. */
    giveUp: () => {
      make.reset()
      change(undefined)
    },
  }
}

/** Whether the error of a write leaves open what was made. `sent` says whether it was a further try under its key. */
export function isLeftOpen(error: Error | null, sent?: { again: boolean }): boolean {
  return error !== null && !isClear(error, sent?.again ?? false)
}

/** Not randomUUID, which a page that came without TLS does not have. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
