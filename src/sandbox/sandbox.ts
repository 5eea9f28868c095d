import type { WireRequest, WireResponse } from '../lib/wire.ts'
import { paramsIn, type AccountScope, type Endpoint } from './protocol/endpoint.ts'
import { route } from './endpoints.ts'
import type { StripeError } from './protocol/errors.ts'
import { readExpand } from './protocol/expand.ts'
import { Faults, applyFault, TransportFault, type Fault } from './faults.ts'
import { fetchOver } from './fetch.ts'
import { readForm, type FormMap } from './protocol/form.ts'
import { authenticate, noSuchAccount } from './protocol/authentication.ts'
import { checkKey, fingerprintOf, storeAnswer, findAnswer, stillRunning } from './protocol/idempotency.ts'
import { readParams } from './protocol/params.ts'
import { Reply } from './protocol/reply.ts'
import { newestVersion, readVersion } from './protocol/version.ts'
import { RequestLog } from './request-log.ts'
import { Settings } from './store/settings.ts'
import { isBusy, retryWhileBusy } from './store/retry.ts'
import { Store } from './store/store.ts'

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

function platformScope(livemode: boolean): AccountScope {
  return { id: livemode ? -1 : 0, livemode, account: 'acct_1SandboxPlatform' }
}

/** The caller of the index, which needs no key. */
const anybody = { livemode: false, key: '' }

export type SandboxOptions = {
  /** A path, or `:memory:`. */
  file: string
  /** The clock, in milliseconds since 1970. */
  now?: () => number
  /** The API version of requests that name none, like an account's default version in Stripe. */
  apiVersion?: string
}

/** Opens a stand-in for Stripe's coupon API on one SQLite file, which several processes may share. */
export function openSandbox(options: SandboxOptions): Sandbox {
  const clock = options.now ?? Date.now
  const defaultVersion = readVersion(options.apiVersion ?? newestVersion)
  const store = new Store(options.file)
  const settings = new Settings(store)
  const faults = new Faults(store, settings)
  const log = new RequestLog()
  const running = new Set<string>()
  const closing = new AbortController()

  const nowSeconds = (): number => Math.floor((clock() + settings.read().aheadMs) / 1000)

  function scopeOf(account: string | undefined, livemode: boolean, secretKey: string): AccountScope {
    const platform = platformScope(livemode)
    if (account === undefined || account === platform.account) return platform
    const row = store.find(platform.id, 'account', account)
    if (row === undefined) throw noSuchAccount(secretKey, account)
    return { id: row.seq, livemode, account }
  }

  /** Checks, in Stripe's order: API key, version, account, URL, parameters. */
  function admit(request: WireRequest, reply: Reply): Call {
    store.read()
    reply.now = nowSeconds()
    const isIndex = request.path === '/_sandbox'
    const { livemode, key: secretKey } = isIndex ? anybody : authenticate(request.headers['authorization'])
    reply.livemode = livemode
    const version = readVersion(request.headers['stripe-version'] ?? defaultVersion)
    reply.version = version
    const account = request.headers['stripe-account'] ?? request.headers['stripe-context']
    const scope = scopeOf(account, livemode, secretKey)
    const at = request.path.indexOf('?')
    const path = at < 0 ? request.path : request.path.slice(0, at)
    const { endpoint, id } = route(request.method, path)
    const form = readForm(request, at < 0 ? '' : request.path.slice(at + 1))
    const key = request.method === 'POST' ? request.headers['idempotency-key'] || undefined : undefined
    if (key !== undefined) checkKey(key)
    const owner = endpoint.onPlatform ? platformScope(livemode) : scope
    return { endpoint, id, path, form, scope: owner, secretKey, version, key }
  }

  function runEndpoint(call: Call): object {
    const { endpoint, version } = call
    const params = readParams(paramsIn(endpoint, version), call.form)
    const expand = readExpand(params['expand'], endpoint.expands?.(version) ?? {}, endpoint.isList === true)
    const { scope, secretKey, id } = call
    const now = nowSeconds()
    const context = { store, settings, faults, log, scope, now, version, defaultVersion, secretKey, expand }
    return endpoint.run(context, params, id)
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

  async function send(given: WireRequest): Promise<WireResponse> {
    // A HEAD is answered like a GET; the transport leaves out its body.
    const request = given.method === 'HEAD' ? { ...given, method: 'GET' } : given
    const reply = new Reply(request, defaultVersion)
    if (request.method === 'OPTIONS') return reply.preflight()
    let response: WireResponse
    try {
      const first = retryWhileBusy(() => begin(request, reply))
      const started = first instanceof Promise ? await first : first
      response = await store.committed(
        'response' in started ? started.response : await withFault(started.call, started.fault, reply),
      )
    } catch (error) {
      if (error instanceof TransportFault) {
        store.flush()
        log.add(given, reply, null, error.fault)
      }
      response = await store.committed(reply.refusal(error))
    }
    log.add(given, reply, response.status, response.headers['sandbox-fault'])
    return response
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
