import type { Store } from './store.ts'

export type SavedState = { name: string; created: number; objects: number }

const objectColumns = 'seq, space, type, id, derived, created, body'
const answerColumns = 'seq, hash, space, key, created, fingerprint, status, request_id, body'

/** Deletes all objects, stored answers and settings. Saved states and the keys of the id codec remain. */
export function clearState(store: Store): void {
  store.sql('DELETE FROM objects').run()
  store.sql('DELETE FROM kept_answers').run()
  store.sql(`DELETE FROM settings WHERE name = 'state'`).run()
}

/** Saves a copy of everything under a name, replacing an earlier one. */
export function saveState(store: Store, name: string, now: number): void {
  deleteState(store, name)
  store.sql(`INSERT INTO saved_objects SELECT ?, ${objectColumns} FROM objects`).run(name)
  store.sql(`INSERT INTO saved_answers SELECT ?, ${answerColumns} FROM kept_answers`).run(name)
  const settings = `(SELECT body FROM settings WHERE name = 'state')`
  store.sql(`INSERT INTO saved_states VALUES (?, ?, ${settings})`).run(name, now)
}

/** Replaces everything with the state saved under a name, which must exist. */
export function restoreState(store: Store, name: string): void {
  clearState(store)
  store.sql(`INSERT INTO objects SELECT ${objectColumns} FROM saved_objects WHERE name = ?`).run(name)
  store.sql(`INSERT INTO kept_answers SELECT ${answerColumns} FROM saved_answers WHERE name = ?`).run(name)
  store.sql(`INSERT INTO settings SELECT 'state', body FROM saved_states WHERE name = ? AND body IS NOT NULL`).run(name)
}

export function deleteState(store: Store, name: string): void {
  for (const table of ['saved_objects', 'saved_answers', 'saved_states']) {
    store.sql(`DELETE FROM ${table} WHERE name = ?`).run(name)
  }
}

/** Lists the saved states, newest first. */
export function savedStates(store: Store): SavedState[] {
  return store
    .sql(
      `SELECT name, created, (SELECT count(*) FROM saved_objects WHERE saved_objects.name = saved_states.name) AS objects
       FROM saved_states ORDER BY created DESC, name`,
    )
    .all()
    .map((row) => ({ name: String(row['name']), created: Number(row['created']), objects: Number(row['objects']) }))
}
