import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { ApiError } from './client.ts'

/** Whether nobody knows yet if a write was made. */
export function isUnclear(error: unknown): boolean {
  return error instanceof ApiError && error.outcome === 'unknown'
}

/**
 * A write that makes something. Its Idempotency-Key is renewed after a clear answer only, so that asking again after an unclear
 * one cannot make a second.
 */
export function useMake<Data, Made>(send: (data: Data, idempotencyKey: string) => Promise<Made>) {
  const key = useRef(newKey())
  return useMutation({
    mutationFn: (data: Data) => send(data, key.current),
    onSettled: (_made, error) => {
      if (!isUnclear(error)) key.current = newKey()
    },
  })
}

/** Not randomUUID, which a page that came without TLS does not have. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
