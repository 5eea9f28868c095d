import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { type ApiKey, errorOf, lost } from './client.ts'

type Mode = 'sandbox' | 'test' | 'live'
export type Session = {
  agency: { id: string; name: string }
  key: ApiKey
  mode: Mode
  /** When the session ends at the latest, in Unix seconds. */
  expires: number
}
export type SignInOptions = { mode: Mode; demo: { api_key: string; account: string } | null }

async function send(method: string, path: string, body?: object): Promise<Response> {
  const init = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(path, { method, ...init }).catch(() => {
    throw lost(0, 'GET')
  })
  if (!response.ok) throw await errorOf(response, 'GET')
  return response
}

async function read<Body>(response: Promise<Response>): Promise<Body> {
  const body: Body = await (await response).json()
  return body
}

/** Who is signed in; null where nobody is. Asked at each focus, since another tab may have signed in with another key. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ client, queryKey }) => {
    const session = await read<Session>(send('GET', '/console/session')).catch((error: unknown) => {
      if (error instanceof Error && 'status' in error && error.status === 401) return null
      throw error
    })
    const before = client.getQueryData<Session | null>(queryKey)
    if (before?.agency.id !== session?.agency.id || before?.key.id !== session?.key.id) dropShown(client)
    return session
  },
  staleTime: 60_000,
  refetchOnWindowFocus: 'always',
})

export const signInQuery = queryOptions({
  queryKey: ['sign-in'],
  queryFn: () => read<SignInOptions>(send('GET', '/console/sign-in')),
  staleTime: Infinity,
})

/**
 * The session that the frame shows. What is in it does not read the query itself: a part that renders after the session's end was stored
 * and before the frame has heard of it would fail, and leave an error page where sign-in belongs.
 */
export const SessionContext = createContext<Session | null>(null)

/** The session of a screen: the frame shows none without. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('No session')
  return session
}

/** What another key was shown is not for this one. */
function dropShown(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey: [first] }) => first !== 'session' })
}

export function useSignIn() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (apiKey: string) => read<Session>(send('POST', '/console/session', { api_key: apiKey })),
    onSuccess: (session) => {
      dropShown(queries)
      queries.setQueryData(sessionQuery.queryKey, session)
    },
  })
}

export function useSignOut() {
  return useMutation({ mutationFn: () => send('DELETE', '/console/session') })
}
