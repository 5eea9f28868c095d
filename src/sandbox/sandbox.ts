import type { WireRequest, WireResponse } from '../lib/wire.ts'
import type { Endpoint, Space } from './protocol/endpoint.ts'
import { route } from './endpoints.ts'
import { StripeError } from './protocol/errors.ts'
import { readExpand } from './protocol/expand.ts'
import { Faults, meet, TransportFault, type Fault } from './faults.ts'
import { fetchOver } from './fetch.ts'
import { parseForm, type FormMap } from './protocol/form.ts'
import { noSuchAccount, readKey, readVersion } from './protocol/authentication.ts'
import { checkKey, fingerprintOf, keepAnswer, keptAnswer, stillRunning } from './protocol/idempotency.ts'
import { readParams } from './protocol/params.ts'
import { Reply } from './protocol/reply.ts'
import { Settings } from './store/settings.ts'
import { isBusy, patiently, Store } from './store/store.ts'

export type Sandbox = {
  /**
   * Answers one request of Stripe's API; resolves only after what it changed is in the file. A transport fault (reset,
   * cut, lost answer) rejects with an Error with code 'ECONNRESET'.
   */
  send(this: void, request: WireRequest): Promise<WireResponse>
  /** The same as a fetch, for `Stripe.createFetchHttpClient(sandbox.fetch)`. */
  fetch(this: void, input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Flushes and closes the file. */
  close(this: void): void
}

/** A request that passed the gate: who calls, what, and with which parameters. */
type Call = {
  endpoint: Endpoint
  id: string
  path: string
  form: FormMap
  space: Space
  secretKey: string
  version: string
  key: string | undefined
}

/** More than any request of Stripe's API needs; a longer body is answered 413. */
export const bodyLengthMax = 1024 * 1024

const platform = 'acct_1SandboxPlatform'

/** The parameters of a request; what is not a form is refused (told; the words are our own). */
function formOf(request: WireRequest, query: string): FormMap {
  if (request.body.length > bodyLengthMax) {
    throw new StripeError('Invalid request: the body is too large.', { status: 413 })
  }
  if (request.method !== 'POST' || request.body === '') return parseForm(query)
  const type = request.headers['content-type'] ?? ''
  if (type !== '' && !type.startsWith('application/x-www-form-urlencoded')) {
    throw new StripeError(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
    )
  }
  return parseForm(query === '' ? request.body : `${query}&${request.body}`)
}

/** Opens the twin of Stripe's coupon API over one file, which other processes may have open at the same time. */
export function openSandbox(options: { file: string; now?: () => number }): Sandbox {
  const clock = options.now ?? Date.now
  const store = new Store(options.file)
  const settings = new Settings(store)
  const faults = new Faults(store, settings)
  const running = new Set<string>()

  const nowSeconds = (): number => Math.floor((clock() + settings.read().aheadMs) / 1000)

  function spaceOf(account: string | undefined, livemode: boolean, secretKey: string): Space {
    const id = livemode ? -1 : 0
    if (account === undefined || account === platform) return { id, livemode, account: platform }
    const row = store.find(id, 'account', account)
    if (row === undefined) throw noSuchAccount(secretKey, account)
    return { id: row.seq, livemode, account }
  }

  /** In Stripe's order: who calls, in which version, for which account, what, with which parameters. */
  function admit(request: WireRequest, reply: Reply): Call {
    store.read()
    const { livemode, key: secretKey } = readKey(request.headers['authorization'])
    reply.livemode = livemode
    const version = readVersion(request.headers['stripe-version'])
    const account = request.headers['stripe-account'] ?? request.headers['stripe-context']
    const space = spaceOf(account, livemode, secretKey)
    const at = request.path.indexOf('?')
    const path = at < 0 ? request.path : request.path.slice(0, at)
    const { endpoint, id } = route(request.method, path)
    const form = formOf(request, at < 0 ? '' : request.path.slice(at + 1))
    const key = request.method === 'POST' ? request.headers['idempotency-key'] || undefined : undefined
    if (key !== undefined) checkKey(key)
    const home = endpoint.onPlatform ? { id: livemode ? -1 : 0, livemode, account: platform } : space
    return { endpoint, id, path, form, space: home, secretKey, version, key }
  }

  function runEndpoint(call: Call): object {
    const { endpoint, version } = call
    const hidden = endpoint.hidden?.(version) ?? []
    const shape = hidden.length === 0 ? endpoint.params : without(endpoint.params, hidden)
    const params = readParams(shape, call.form)
    const expand = readExpand(params['expand'], endpoint.expands?.(version) ?? {}, endpoint.isList === true)
    const { space, secretKey, id } = call
    return endpoint.run({ store, settings, space, now: nowSeconds(), version, secretKey, expand }, params, id)
  }

  /** The work itself, kept under the idempotency key when there is one; never waits. */
  function work(call: Call, reply: Reply, failure?: StripeError): WireResponse {
    store.read()
    const attempt = (): object => {
      if (failure) throw failure
      return runEndpoint(call)
    }
    const answer = (): WireResponse => {
      try {
        return reply.ok(call.endpoint.method === 'GET' ? attempt() : store.change(attempt))
      } catch (error) {
        if (isBusy(error)) throw error
        return reply.refusal(error)
      }
    }
    const { key, space } = call
    if (key === undefined) return answer()
    const fingerprint = fingerprintOf(call.endpoint.method, call.path, call.form)
    return store.change(() => {
      const now = nowSeconds()
      const kept = keptAnswer(store, space.id, key, fingerprint, now)
      if (kept) return reply.replay(kept)
      const response = answer()
      if (reply.isKept) {
        const { status, body } = response
        keepAnswer(store, space.id, key, fingerprint, now, { status, body, request_id: reply.requestId })
      }
      return response
    })
  }

  /**
   * Admits a request and, unless it is to meet a fault, answers it at once. One that meets a fault holds its key, since
   * only a fault makes a request last longer than a turn.
   */
  function begin(request: WireRequest, reply: Reply): { call: Call; fault: Fault } | { response: WireResponse } {
    const call = admit(request, reply)
    if (call.key !== undefined && running.has(heldBy(call))) throw stillRunning(call.key)
    const fault = faults.next(request, call.path, call.form, call.key)
    if (fault === undefined) return { response: work(call, reply) }
    if (call.key !== undefined) running.add(heldBy(call))
    return { call, fault }
  }

  async function withFault(call: Call, fault: Fault, reply: Reply): Promise<WireResponse> {
    try {
      const run = async (failure?: StripeError) => store.settled(await patiently(() => work(call, reply, failure)))
      return await meet(fault, run, (error) => reply.refusal(error))
    } finally {
      running.delete(heldBy(call))
    }
  }

  async function send(request: WireRequest): Promise<WireResponse> {
    const reply = new Reply(request)
    try {
      const first = patiently(() => begin(request, reply))
      const begun = first instanceof Promise ? await first : first
      if ('response' in begun) return await store.settled(begun.response)
      return await store.settled(await withFault(begun.call, begun.fault, reply))
    } catch (error) {
      if (error instanceof TransportFault) store.flush()
      return store.settled(reply.refusal(error))
    }
  }

  return { send, fetch: fetchOver(send), close: () => store.close() }
}

function heldBy({ space, key }: Call): string {
  return `${space.id} ${key}`
}

function without(shape: Endpoint['params'], hidden: readonly string[]): Endpoint['params'] {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => !hidden.includes(name)))
}
