import { setTimeout as sleep } from 'node:timers/promises'
import type { WireRequest, WireResponse } from '../lib/wire.ts'
import { invalid, StripeError } from './protocol/errors.ts'
import { isMap, type FormMap } from './protocol/form.ts'
import type { Settings } from './store/settings.ts'
import type { Store } from './store/store.ts'

const names = ['latency', '429', '500', '503', 'reset', 'cut', 'lost', 'drip'] as const
export type Fault = {
  name: (typeof names)[number]
  /** How long a late answer waits, or a dripping one between two pieces. */
  ms: number
  /** How many requests of one idempotency key it hits. */
  times: number
  /** Documented: one of Stripe's five reasons for a 429. */
  reason: string
}

/** The connection broke. `cut` has the answer of which only a part is to arrive; the others have none. */
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

/** Reads `503;times=1` or `latency;ms=300`; an unknown fault is refused, so that no test waits for one that never comes. */
export function readFault(text: string): Fault {
  const [name = '', ...settings] = text.split(';').map((part) => part.trim())
  const known = names.find((one) => one === name)
  const given = new Map(settings.map((setting) => [setting.split('=')[0], setting.split('=')[1]]))
  const ms = Number(given.get('ms') ?? (name === 'drip' ? 20 : 1000))
  const times = Number(given.get('times') ?? Number.POSITIVE_INFINITY)
  if (known === undefined || !(ms >= 0 && ms <= 600_000) || !(times >= 1)) {
    throw invalid(`Sandbox-Fault must be one of ${names.join(', ')}, with ;ms= or ;times= after it.`, 'Sandbox-Fault')
  }
  return { name: known, ms, times, reason: given.get('reason') ?? 'endpoint-rate' }
}

/** Which fault, if any, a request is to meet: asked for in its header, in its metadata, or by a rule that is on. */
export class Faults {
  readonly #store: Store
  readonly #settings: Settings
  readonly #met = new Map<string, number>()

  constructor(store: Store, settings: Settings) {
    this.#store = store
    this.#settings = settings
  }

  next(request: WireRequest, path: string, form: FormMap, key: string | undefined): Fault | undefined {
    if (!path.startsWith('/v1/')) return undefined
    const asked = request.headers['sandbox-fault'] ?? sentinelIn(form)
    if (asked === undefined) return this.#byRule(request.method, path)
    const fault = readFault(asked)
    if (fault.times === Number.POSITIVE_INFINITY || key === undefined) return fault
    const met = this.#met.get(key) ?? 0
    if (met >= fault.times) return undefined
    if (this.#met.size >= 10_000) this.#met.clear()
    this.#met.set(key, met + 1)
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
      return isDue ? readFault(rule.fault) : undefined
    })
  }
}

function sentinelIn(form: FormMap): string | undefined {
  const metadata = form['metadata']
  const value = isMap(metadata) ? metadata['sandbox_fault'] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Documented: 429 has code rate_limit and a reason header, and nothing is kept of it. The words are our own. */
function refusalOf(fault: Fault): StripeError {
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
    by: status === 500 ? 'endpoint' : 'validation',
  })
}

/**
 * Answers with the fault. `run` does the work and `refuse` answers with an error in its place; a 500 is one of the
 * endpoint's own and so kept under the idempotency key, as documented. An answer is lost or cut once: its replay comes.
 */
export async function meet(
  fault: Fault,
  run: (failure?: StripeError) => Promise<WireResponse>,
  refuse: (error: StripeError) => WireResponse,
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
      return named(refuse(refusalOf(fault)))
    case '500':
      return named(await run(refusalOf(fault)))
    case 'latency':
      await sleep(fault.ms)
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
