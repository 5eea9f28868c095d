import type { WireRequest, WireResponse } from '../lib/wire.ts'
import type { Endpoint, AccountScope } from './protocol/endpoint.ts'
import { route } from './endpoints.ts'
import { StripeError } from './protocol/errors.ts'
import { readExpand } from './protocol/expand.ts'
import { Faults, applyFault, TransportFault, type Fault } from './faults.ts'
import { fetchOver } from './fetch.ts'
import { parseForm, type FormMap } from './protocol/form.ts'
import { authenticate, noSuchAccount } from './protocol/authentication.ts'
import { checkKey, fingerprintOf, storeAnswer, findAnswer, stillRunning } from './protocol/idempotency.ts'
import { readParams } from './protocol/params.ts'
import { Reply } from './protocol/reply.ts'
import { readVersion } from './protocol/version.ts'
import { Settings } from './store/settings.ts'
import { isBusy, retryWhileBusy, Store } from './store/store.ts'

export type Sandbox = {
  /**
   * Answers one request of Stripe's API, after its changes are committed. A transport fault (reset, cut, lost answer)
   * rejects with an Error whose code is 'ECONNRESET'.
   */
  send(this: void, request: WireRequest): Promise<WireResponse>
  /** `send` as a fetch function, for `Stripe.createFetchHttpClient(sandbox.fetch)`. */
  fetch(this: void, input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Commits what is pending and closes the file. */
  close(this: void): void
}

/** An authenticated and routed request. */
type Call = {
  endpoint: Endpoint
  id: string
  path: string
  form: FormMap
  scope: AccountScope
  secretKey: string
  version: string
  key: string | undefined
}

/** Bodies longer than this many characters are answered 413; no request of Stripe's API needs as much. */
export const bodyLengthMax = 1024 * 1024

const platform = 'acct_1SandboxPlatform'

/** Parses the parameters of query and body. Told: other content types than a form are refused; the wording is our own. */
function readForm(request: WireRequest, query: string): FormMap {
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

/** Opens a stand-in for Stripe's coupon API on one SQLite file, which several processes may share; `now` is in milliseconds. */
export function openSandbox(options: { file: string; now?: () => number }): Sandbox {
  const clock = options.now ?? Date.now
  const store = new Store(options.file)
  const settings = new Settings(store)
  const faults = new Faults(store, settings)
  const running = new Set<string>()
  const closing = new AbortController()

  const nowSeconds = (): number => Math.floor((clock() + settings.read().aheadMs) / 1000)

  function scopeOf(account: string | undefined, livemode: boolean, secretKey: string): AccountScope {
    const id = livemode ? -1 : 0
    if (account === undefined || account === platform) return { id, livemode, account: platform }
    const row = store.find(id, 'account', account)
    if (row === undefined) throw noSuchAccount(secretKey, account)
    return { id: row.seq, livemode, account }
  }

  /** Checks, in Stripe's order: API key, version, account, URL, parameters. */
  function admit(request: WireRequest, reply: Reply): Call {
    store.read()
    const { livemode, key: secretKey } = authenticate(request.headers['authorization'])
    reply.livemode = livemode
    const version = readVersion(request.headers['stripe-version'])
    const account = request.headers['stripe-account'] ?? request.headers['stripe-context']
    const scope = scopeOf(account, livemode, secretKey)
    const at = request.path.indexOf('?')
    const path = at < 0 ? request.path : request.path.slice(0, at)
    const { endpoint, id } = route(request.method, path)
    const form = readForm(request, at < 0 ? '' : request.path.slice(at + 1))
    const key = request.method === 'POST' ? request.headers['idempotency-key'] || undefined : undefined
    if (key !== undefined) checkKey(key)
    const owner = endpoint.onPlatform ? { id: livemode ? -1 : 0, livemode, account: platform } : scope
    return { endpoint, id, path, form, scope: owner, secretKey, version, key }
  }

  function runEndpoint(call: Call): object {
    const { endpoint, version } = call
    const hidden = endpoint.hidden?.(version) ?? []
    const shape = hidden.length === 0 ? endpoint.params : without(endpoint.params, hidden)
    const params = readParams(shape, call.form)
    const expand = readExpand(params['expand'], endpoint.expands?.(version) ?? {}, endpoint.isList === true)
    const { scope, secretKey, id } = call
    return endpoint.run({ store, settings, scope, now: nowSeconds(), version, secretKey, expand }, params, id)
  }

  /** Runs the endpoint and stores its answer under the idempotency key, if there is one; synchronous. */
  function execute(call: Call, reply: Reply, failure?: StripeError): WireResponse {
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
    const { key, scope } = call
    if (key === undefined) return answer()
    const fingerprint = fingerprintOf(call.endpoint.method, call.path, call.form)
    return store.change(() => {
      const now = nowSeconds()
      const stored = findAnswer(store, scope.id, key, fingerprint, now)
      if (stored) return reply.replay(stored)
      const response = answer()
      if (reply.isStored) {
        const { status, body } = response
        storeAnswer(store, scope.id, key, fingerprint, now, { status, body, request_id: reply.requestId })
      }
      return response
    })
  }

  /**
   * Admits a request and answers it at once unless a fault applies. Only a fault makes a request outlast a turn of the
   * event loop, so only then is its idempotency key locked.
   */
  function begin(request: WireRequest, reply: Reply): { call: Call; fault: Fault } | { response: WireResponse } {
    const call = admit(request, reply)
    if (call.key !== undefined && running.has(lockName(call))) throw stillRunning(call.key)
    const fault = faults.next(request, call.path, call.form, call.key)
    if (fault === undefined) return { response: execute(call, reply) }
    if (call.key !== undefined) running.add(lockName(call))
    return { call, fault }
  }

  async function withFault(call: Call, fault: Fault, reply: Reply): Promise<WireResponse> {
    try {
      const run = async (failure?: StripeError) =>
        store.committed(await retryWhileBusy(() => execute(call, reply, failure)))
      return await applyFault(fault, run, (error) => reply.refusal(error), closing.signal)
    } finally {
      running.delete(lockName(call))
    }
  }

  async function send(request: WireRequest): Promise<WireResponse> {
    const reply = new Reply(request)
    try {
      const first = retryWhileBusy(() => begin(request, reply))
      const started = first instanceof Promise ? await first : first
      if ('response' in started) return await store.committed(started.response)
      return await store.committed(await withFault(started.call, started.fault, reply))
    } catch (error) {
      if (error instanceof TransportFault) store.flush()
      return store.committed(reply.refusal(error))
    }
  }

  function close(): void {
    closing.abort()
    store.close()
  }

  return { send, fetch: fetchOver(send), close }
}

function lockName({ scope, key }: Call): string {
  return `${scope.id} ${key}`
}

function without(shape: Endpoint['params'], hidden: readonly string[]): Endpoint['params'] {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => !hidden.includes(name)))
}
