import { hash } from 'node:crypto'
import { StripeError } from './errors.ts'
import { canonical, type FormMap } from './form.ts'
import type { Store } from '../store/store.ts'

const keptForSeconds = 24 * 60 * 60

export type KeptAnswer = { status: number; request_id: string; body: string }

/** What two requests with one key must share: verb, path and parameters, in whatever order they were written. */
export function fingerprintOf(method: string, path: string, form: FormMap): string {
  return hash('sha256', JSON.stringify([method, path, canonical(form)]), 'base64')
}

/** A number small enough to keep the index of keys small; the key itself is compared after it. */
function hashOf(space: number, key: string): number {
  return Number.parseInt(hash('sha256', `${space} ${key}`).slice(0, 12), 16)
}

/** Documented: 255 characters at most. Guessed: the words, and that what no header can carry is refused. */
export function checkKey(key: string): void {
  if (key.length > 255 || !/^[\x20-\x7e\xa0-\xff]+$/.test(key)) {
    throw new StripeError('Idempotency keys must be at most 255 characters long.', { by: 'gate' })
  }
}

/** Recorded: one key with other parameters is an idempotency_error. Documented: a key is forgotten after 24 hours. */
export function keptAnswer(
  store: Store,
  space: number,
  key: string,
  fingerprint: string,
  now: number,
): KeptAnswer | undefined {
  const found = store
    .sql(
      'SELECT seq, created, fingerprint, status, request_id, body FROM kept_answers WHERE hash = ? AND space = ? AND key = ?',
    )
    .get(hashOf(space, key), space, key)
  if (found === undefined) return undefined
  if (Number(found['created']) + keptForSeconds <= now) {
    store.sql('DELETE FROM kept_answers WHERE seq = ?').run(Number(found['seq']))
    return undefined
  }
  if (found['fingerprint'] !== fingerprint) {
    throw new StripeError(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      { type: 'idempotency_error' },
    )
  }
  return { status: Number(found['status']), request_id: String(found['request_id']), body: String(found['body']) }
}

export function keepAnswer(
  store: Store,
  space: number,
  key: string,
  fingerprint: string,
  now: number,
  answer: KeptAnswer,
): void {
  const { lastInsertRowid } = store
    .sql(
      'INSERT INTO kept_answers (hash, space, key, created, fingerprint, status, request_id, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(hashOf(space, key), space, key, now, fingerprint, answer.status, answer.request_id, answer.body)
  if (Number(lastInsertRowid) % 256 === 0) forgetOld(store, now)
}

/** Drops the oldest thousand of the keys that are a day old, so that the file does not grow for ever. */
function forgetOld(store: Store, now: number): void {
  store
    .sql('DELETE FROM kept_answers WHERE seq < (SELECT min(seq) FROM kept_answers) + 1000 AND created <= ?')
    .run(now - keptForSeconds)
}

/** Told: what a second request with the key of one still running is answered with; type and status from Stripe's code list. */
export function stillRunning(key: string): StripeError {
  return new StripeError(
    `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    { status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' },
  )
}
