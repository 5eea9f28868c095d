import { request } from 'undici'
import { expect, onTestFinished } from 'vitest'
import { type Answer, type Call, type Options, startTestServer } from './server.ts'

export type TestConsole = Awaited<ReturnType<typeof startConsole>>

/** As `startConsole`, for one test. */
export async function openConsole(options: Options = {}) {
  const started = await startConsole(options)
  onTestFinished(() => started.server.close())
  return started
}

/** A server, and what a browser with its console does. The clock of trust and of limits is the test's. */
export async function startConsole(options: Options = {}) {
  const clock = { ms: 1_000 }
  const limits = { publicPerSecond: 1_000, signInsPerSecond: 1_000, ...options.limits }
  // Without its pages, so that whatever is no call of the API is answered with an error.
  const server = await startTestServer({ now: () => clock.ms, consoleFolder: '/no/such/folder', ...options, limits })

  const signIn = async (key = server.key, headers: Record<string, string> = {}) =>
    await server.call('/console/session', {
      method: 'POST',
      key: null,
      body: { api_key: key },
      headers: { origin: server.url, ...headers },
    })

  /** Signs in; the cookie as a browser sends it. */
  const openSession = async (key?: string): Promise<string> => {
    const answer = await signIn(key)
    expect(answer.status).toBe(201)
    return cookieOf(answer)
  }

  /** Calls as the console's page does: with a cookie, with its own Origin, without a key. */
  const ask = async (cookie: string, path: string, { headers = {}, ...call }: Call = {}, url = server.url) =>
    await server.call(path, { key: null, ...call, headers: { cookie, origin: url, ...headers } }, url)

  const signOut = async (cookie: string, headers: Record<string, string> = { origin: server.url }) => {
    const answer = await request(`${server.url}/console/session`, { method: 'DELETE', headers: { cookie, ...headers } })
    await answer.body.dump()
    return answer
  }

  return { server, clock, signIn, openSession, ask, signOut }
}

/** What a browser keeps of an answer's `Set-Cookie`. */
export function cookieOf({ headers }: Answer): string {
  return headers.get('set-cookie')?.split(';')[0] ?? ''
}

/** The calls of the console on the coupons of an account. */
export const consoleCoupons = (accountId: string) => `/console/v1/public/stripe/connect/accounts/${accountId}/coupons`
