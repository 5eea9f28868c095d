import { Counter } from '../lib/counter.ts'
import { Refusal } from '../lib/refusal.ts'
import { socketsMax } from './transport.ts'

export type CallQueueLimits = {
  /** Calls in flight on all accounts. */
  callsMax: number
  /** Calls in flight on one account, which Stripe limits by itself as well. */
  callsPerAccountMax: number
  waitingPerAgencyMax: number
  waitMsMax: number
}

const defaultLimits: CallQueueLimits = {
  callsMax: socketsMax,
  callsPerAccountMax: 25,
  waitingPerAgencyMax: 1_000,
  waitMsMax: 10_000,
}

type Caller = { agencyId: string; id: string }

/**
 * Shares the slots for calls to Stripe among agencies. An agency gets another slot only while it holds fewer than are free: a single
 * agency can use half of them, two a third each, and a later one always finds some. Waiting calls are started round-robin, by
 * agency and then by account.
 */
export class CallQueue {
  readonly #limits: CallQueueLimits
  /** Calls in flight, by account and by agency. */
  readonly #onAccount = new Counter()
  readonly #ofAgency = new Counter()
  #inFlight = 0
  /** The waiting calls by agency and by account, in the order of their turns. */
  readonly #waiting = new Map<string, Map<string, Set<() => void>>>()
  readonly #waitingOf = new Counter()

  constructor(limits: Partial<CallQueueLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits }
  }

  /**
   * Runs the call on the account as soon as there is a slot for it, and tells it whether it had to wait.
   * @throws Refusal `unavailable` if it waited too long or too many wait: then it was never sent
   */
  async run<T>(account: Caller, call: (hasWaited: boolean) => Promise<T>): Promise<T> {
    const hasToWait = !this.#mayStart(account.agencyId, account.id)
    if (hasToWait) await this.#wait(account)
    else this.#start(account)
    try {
      return await call(hasToWait)
    } finally {
      this.#inFlight -= 1
      this.#ofAgency.add(account.agencyId, -1)
      this.#onAccount.add(account.id, -1)
      this.#startNext()
    }
  }

  #mayStart(agencyId: string, accountId: string): boolean {
    const free = this.#limits.callsMax - this.#inFlight
    return this.#ofAgency.of(agencyId) < free && this.#onAccount.of(accountId) < this.#limits.callsPerAccountMax
  }

  #start({ agencyId, id }: Caller): void {
    this.#inFlight += 1
    this.#ofAgency.add(agencyId, 1)
    this.#onAccount.add(id, 1)
  }

  async #wait(account: Caller): Promise<void> {
    const { agencyId, id } = account
    if (this.#waitingOf.of(agencyId) >= this.#limits.waitingPerAgencyMax) throw neverSent()
    const accounts = this.#waiting.get(agencyId) ?? new Map<string, Set<() => void>>()
    const turns = accounts.get(id) ?? new Set()
    this.#waiting.set(agencyId, accounts.set(id, turns))
    this.#waitingOf.add(agencyId, 1)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = () => {
      clearTimeout(timer)
      this.#waitingOf.add(agencyId, -1)
      turns.delete(takeTurn)
      if (turns.size === 0) accounts.delete(id)
      if (accounts.size === 0) this.#waiting.delete(agencyId)
    }
    const takeTurn = () => {
      leave()
      this.#start(account)
      resolve()
    }
    const timer = setTimeout(() => {
      leave()
      reject(neverSent())
    }, this.#limits.waitMsMax)
    turns.add(takeTurn)
    await promise
  }

  /** Starts the calls that may start now. After its turn, an agency or an account moves to the end of its queue. */
  #startNext(): void {
    for (const [agencyId, accounts] of this.#waiting) {
      for (const [accountId, turns] of accounts) {
        const [takeTurn] = turns
        if (!takeTurn || !this.#mayStart(agencyId, accountId)) continue
        takeTurn()
        moveToEnd(accounts, accountId)
        moveToEnd(this.#waiting, agencyId)
        break
      }
      if (this.#inFlight >= this.#limits.callsMax) return
    }
  }
}

/** A map keeps the order in which its entries were added. */
function moveToEnd<T>(row: Map<string, T>, key: string): void {
  const value = row.get(key)
  if (value === undefined) return
  row.delete(key)
  row.set(key, value)
}

function neverSent(): Refusal {
  return new Refusal('unavailable', 'Too many calls to Stripe are waiting. Nothing was changed; retry shortly.', {
    retryAfterS: 1,
    limit: 'stripe_queue',
  })
}
