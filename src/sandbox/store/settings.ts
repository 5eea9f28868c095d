import type { Store } from './store.ts'

type FaultRule = {
  fault: string
  rate: number
  /** Grows by `rate` with each request; at 1 the fault applies, so that every 1/rate-th request fails. */
  due: number
  times: number | null
  method: string | null
  path: string | null
}
/** The state that the test controls set: how far the clock is ahead, and which faults are active. */
type State = { aheadMs: number; faults: FaultRule[] }

const initial: State = { aheadMs: 0, faults: [] }

export class Settings {
  readonly #store: Store
  #snapshot: number | undefined
  #text = ''
  #state = initial

  constructor(store: Store) {
    this.#store = store
  }

  /** Reads the settings once per snapshot of the file, since another process may change them; parses them only when changed. */
  read(): State {
    const { snapshot } = this.#store
    if (snapshot !== undefined && snapshot === this.#snapshot) return this.#state
    this.#snapshot = snapshot
    const row = this.#store.sql(`SELECT body FROM settings WHERE name = 'state'`).get()
    const text = row === undefined ? '' : String(row['body'])
    if (text !== this.#text) {
      const state: State = text === '' ? initial : JSON.parse(text)
      this.#state = state
      this.#text = text
    }
    return this.#state
  }

  /** Makes the next read look again, after the stored settings were changed by other means than `write`. */
  invalidate(): void {
    this.#snapshot = undefined
  }

  write(state: State): void {
    const text = JSON.stringify(state)
    this.invalidate()
    this.#store
      .sql(`INSERT INTO settings VALUES ('state', ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body`)
      .run(text)
  }
}
