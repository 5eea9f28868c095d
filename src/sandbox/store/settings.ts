import type { Store } from './store.ts'

/** What the test controls set, kept in the file: how far the clock is ahead, and which faults are on. */
type FaultRule = {
  fault: string
  rate: number
  /** How much of the next fault has gathered: every 1/rate-th request fails, without chance. */
  due: number
  times: number | null
  method: string | null
  path: string | null
}
export type State = { aheadMs: number; faults: FaultRule[] }

const untouched: State = { aheadMs: 0, faults: [] }

export class Settings {
  readonly #store: Store
  #look: number | undefined
  #text = ''
  #state = untouched

  constructor(store: Store) {
    this.#store = store
  }

  /** Read anew at each look at the file, since another process may have changed it; parsed only when it has. */
  read(): State {
    const { look } = this.#store
    if (look !== undefined && look === this.#look) return this.#state
    this.#look = look
    const row = this.#store.sql(`SELECT body FROM settings WHERE name = 'state'`).get()
    const text = row === undefined ? '' : String(row['body'])
    if (text !== this.#text) {
      const state: State = text === '' ? untouched : JSON.parse(text)
      this.#state = state
      this.#text = text
    }
    return this.#state
  }

  write(state: State): void {
    const text = JSON.stringify(state)
    this.#look = undefined
    this.#store
      .sql(`INSERT INTO settings VALUES ('state', ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body`)
      .run(text)
  }
}
