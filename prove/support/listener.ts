import { Agent } from 'undici'
import type { Tenant } from '../../test/support/server.ts'
import { exchange } from './exchange.ts'

const everyMs = 20

export type Heard = { times: number[]; refused: string[] }

/**
 * Calls as an agency that keeps to its limits, fifty times a second, and measures each answer from when it was due: a
 * server that stands still delays all that come meanwhile, and none of it may be left out.
 */
export async function listenFor(ms: number, url: string, tenant: Tenant, agent: Agent): Promise<Heard> {
  const times: number[] = []
  const refused: string[] = []
  const startedAt = performance.now()
  const call = async (index: number) => {
    const isWrite = index % 2 === 0
    const { status, text } = await exchange(agent, url, {
      method: isWrite ? 'POST' : 'GET',
      path: isWrite ? tenant.coupons : `${tenant.coupons}/STUB`,
      headers: { authorization: tenant.key, ...(isWrite && { 'content-type': 'application/json' }) },
      body: isWrite ? '{"data":{"percent_off":10}}' : undefined,
    })
    times.push(performance.now() - startedAt - index * everyMs)
    // A machine that stands still for seconds makes all that was due meanwhile come at once, which its own budget may refuse.
    if (status >= 300 && status !== 429) refused.push(`${status}: ${text}`)
  }
  const calls: Promise<void>[] = []
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - startedAt
      while (calls.length * everyMs <= elapsed) calls.push(call(calls.length))
      if (elapsed < ms) return
      clearInterval(timer)
      resolve()
    }, 2)
  })
  await Promise.all(calls)
  return { times, refused }
}
