import { focusManager, MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './client.ts'

const retriesMax = 2

/** @param onSessionOver is called where the server no longer takes the session, whatever was asked. */
export function createQueryClient(onSessionOver: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) onSessionOver()
  }
  // Another window, which hides no page of this one, may change what is shown here as well as another tab.
  focusManager.setEventListener((onFocus) => {
    const listener = () => onFocus()
    window.addEventListener('visibilitychange', listener)
    window.addEventListener('focus', listener)
    return () => {
      window.removeEventListener('visibilitychange', listener)
      window.removeEventListener('focus', listener)
    }
  })
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < retriesMax && error instanceof ApiError && error.retryable,
      },
      // A write is repeated by whoever asked for it, under the same Idempotency-Key.
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}
