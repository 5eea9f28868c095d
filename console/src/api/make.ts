import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
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

/**
 * A write that makes something. Its Idempotency-Key is renewed after a clear answer only, so that asking again after an unclear
 * one cannot make a second. `isUnclear` says that nobody knows yet whether it was made, or that its answer was lost.
 */
export function useMake<Data, Made>(send: (data: Data, idempotencyKey: string) => Promise<Made>) {
  const key = useRef(newKey())
  const again = useRef(false)
  const make = useMutation({
    onMutate: () => ({ again: again.current }),
    mutationFn: (data: Data) => send(data, key.current),
    onSettled: (_made, error, _data, sent) => {
      again.current = isLeftOpen(error, sent)
      if (!again.current) key.current = newKey()
    },
  })
  return { ...make, isUnclear: isLeftOpen(make.error, make.context) }
}

/** Whether the error of a write leaves open what was made. `sent` says whether it was a further try under its key. */
export function isLeftOpen(error: Error | null, sent?: { again: boolean }): boolean {
  return error !== null && !isClear(error, sent?.again ?? false)
}

/** Not randomUUID, which a page that came without TLS does not have. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
