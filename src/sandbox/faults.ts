import { setTimeout as sleep } from 'node:timers/promises'
import type { WireRequest, WireResponse } from '../lib/wire.ts'
import { invalid, StripeError } from './protocol/errors.ts'
import { isMap, type FormMap } from './protocol/form.ts'
import type { Settings } from './store/settings.ts'
import type { Store } from './store/store.ts'

export const faultNames = ['latency', '429', '500', '503', 'reset', 'cut', 'lost', 'drip'] as const
export type Fault = {
  name: (typeof faultNames)[number]
  /** Milliseconds that `latency` waits, or `drip` between two pieces. */
  ms: number
  /** How many requests of one idempotency key it applies to. */
  times: number
  /** Documented: one of Stripe's five reasons for a 429. */
  reason: string
}

/** A broken connection. `part` is the answer that `cut` sends half of; the other faults have none. */
export class TransportFault extends Error {
  readonly code = 'ECONNRESET'
  readonly fault: string
  readonly part: WireResponse | undefined

  constructor(fault: string, part?: WireResponse) {
    super(`read ECONNRESET (Sandbox-Fault: ${fault})`)
    this.fault = fault
    this.part = part
  }
}

/** Parses `503;times=1` or `latency;ms=300`. Refuses an unknown fault, so that a misspelt one does not pass unnoticed. */
export function parseFault(text: string): Fault {
  const [name = '', ...settings] = text.split(';').map((part) => part.trim())
  const known = faultNames.find((one) => one === name)
  const given = new Map(settings.map((setting) => [setting.split('=')[0], setting.split('=')[1]]))
  const ms = Number(given.get('ms') ?? (name === 'drip' ? 20 : 1000))
  const times = Number(given.get('times') ?? Number.POSITIVE_INFINITY)
  if (known === undefined || !(ms >= 0 && ms <= 600_000) || !(times >= 1)) {
    throw invalid(
      `Sandbox-Fault must be one of ${faultNames.join(', ')}, with ;ms= or ;times= after it.`,
      'Sandbox-Fault',
    )
  }
  return { name: known, ms, times, reason: given.get('reason') ?? 'endpoint-rate' }
}

/** Chooses the fault, if any, for a request: from its header, its metadata, or an active rule. */
export class Faults {
  readonly #store: Store
  readonly #settings: Settings
  readonly #appliedTo = new Map<string, number>()

  constructor(store: Store, settings: Settings) {
    this.#store = store
    this.#settings = settings
  }

  /** Forgets which idempotency keys met a fault that ends after some times. */
  forget(): void {
    this.#appliedTo.clear()
  }

  next(request: WireRequest, path: string, form: FormMap, key: string | undefined): Fault | undefined {
    if (!path.startsWith('/v1/')) return undefined
    const asked = request.headers['sandbox-fault'] ?? faultInMetadata(form)
    if (asked === undefined) return this.#byRule(request.method, path)
    const fault = parseFault(asked)
    if (fault.times === Number.POSITIVE_INFINITY || key === undefined) return fault
    const applied = this.#appliedTo.get(key) ?? 0
    if (applied >= fault.times) return undefined
    if (this.#appliedTo.size >= 10_000) this.#appliedTo.clear()
    this.#appliedTo.set(key, applied + 1)
    return fault
  }

  #byRule(method: string, path: string): Fault | undefined {
    if (this.#settings.read().faults.length === 0) return undefined
    return this.#store.change(() => {
      const { faults, ...rest } = this.#settings.read()
      const rule = faults.find(
        (one) => one.times !== 0 && (one.method ?? method) === method && path.startsWith(one.path ?? ''),
      )
      if (rule === undefined) return undefined
      const due = rule.due + rule.rate
      const isDue = due >= 1 - 1e-9
      const times = rule.times !== null && isDue ? rule.times - 1 : rule.times
      const changed = { ...rule, due: isDue ? due - 1 : due, times }
      this.#settings.write({ ...rest, faults: faults.map((one) => (one === rule ? changed : one)) })
      return isDue ? parseFault(rule.fault) : undefined
    })
  }
}

function faultInMetadata(form: FormMap): string | undefined {
  const metadata = form['metadata']
  const value = isMap(metadata) ? metadata['sandbox_fault'] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The error answer of a fault. Documented: 429 has code rate_limit and a reason header, and is not stored. */
function faultError(fault: Fault): StripeError {
  if (fault.name === '429') {
    return new StripeError('Request rate limit exceeded.', {
      status: 429,
      code: 'rate_limit',
      headers: { 'stripe-rate-limited-reason': fault.reason },
    })
  }
  const status = fault.name === '503' ? 503 : 500
  return new StripeError('An unknown error occurred', {
    status,
    type: 'api_error',
    stage: status === 500 ? 'endpoint' : 'validation',
  })
}

/**
 * Answers with the fault. `run` executes the request and `refuse` answers with an error instead. Documented: a 500 comes
 * from the endpoint, so it is stored under the idempotency key. An answer is lost or cut once; its replay
 * arrives. `signal` ends a `latency` at once.
 */
export async function applyFault(
  fault: Fault,
  run: (failure?: StripeError) => Promise<WireResponse>,
  refuse: (error: StripeError) => WireResponse,
  signal: AbortSignal,
): Promise<WireResponse> {
  const named = (response: WireResponse): WireResponse => ({
    ...response,
    headers: { ...response.headers, 'sandbox-fault': fault.name === 'drip' ? `drip;ms=${fault.ms}` : fault.name },
  })
  switch (fault.name) {
    case 'reset':
      throw new TransportFault(fault.name)
    case '429':
    case '503':
      return named(refuse(faultError(fault)))
    case '500':
      return named(await run(faultError(fault)))
    case 'latency':
      await sleep(fault.ms, undefined, { signal })
      return named(await run())
    case 'drip':
      return named(await run())
    case 'lost':
    case 'cut': {
      const response = await run()
      if (response.headers['idempotent-replayed']) return response
      throw new TransportFault(fault.name, fault.name === 'cut' ? named(response) : undefined)
    }
    default:
      return fault.name satisfies never
  }
}
