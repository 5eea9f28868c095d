import { hash } from 'node:crypto'
import { StripeError } from './errors.ts'
import { canonical, type FormMap } from './form.ts'
import type { Store } from '../store/store.ts'

const lifetimeSeconds = 24 * 60 * 60

export type StoredAnswer = { status: number; request_id: string; body: string }

/** Digest of what two requests with one key must share: method, path and parameters, in any order. */
export function fingerprintOf(method: string, path: string, form: FormMap): string {
  return hash('sha256', JSON.stringify([method, path, canonical(form)]), 'base64')
}

/** A 48-bit hash keeps the index small; the query compares the key itself as well. */
function hashOf(scope: number, key: string): number {
  return Number.parseInt(hash('sha256', `${scope} ${key}`).slice(0, 12), 16)
}

/** Documented: at most 255 characters. Guessed: the wording, and that characters outside ISO 8859-1 are refused. */
export function checkKey(key: string): void {
  if (key.length > 255 || !/^[\x20-\x7e\xa0-\xff]+$/.test(key)) {
    throw new StripeError('Idempotency keys must be at most 255 characters long.', { stage: 'routing' })
  }
}

/** Finds the stored answer of a key. Recorded: other parameters under it are an idempotency_error. Documented: keys expire after 24 hours. */
export function findAnswer(
  store: Store,
  scope: number,
  key: string,
  fingerprint: string,
  now: number,
): StoredAnswer | undefined {
  const found = store
    .sql(
      'SELECT seq, created, fingerprint, status, request_id, body FROM kept_answers WHERE hash = ? AND space = ? AND key = ?',
    )
    .get(hashOf(scope, key), scope, key)
  if (found === undefined) return undefined
  if (Number(found['created']) + lifetimeSeconds <= now) {
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

export function storeAnswer(
  store: Store,
  scope: number,
  key: string,
  fingerprint: string,
  now: number,
  answer: StoredAnswer,
): void {
  const { lastInsertRowid } = store
    .sql(
      'INSERT INTO kept_answers (hash, space, key, created, fingerprint, status, request_id, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(hashOf(scope, key), scope, key, now, fingerprint, answer.status, answer.request_id, answer.body)
  if (Number(lastInsertRowid) % 256 === 0) deleteExpired(store, now)
}

/** Deletes up to a thousand expired keys, so that the file does not grow without bound. */
function deleteExpired(store: Store, now: number): void {
  store
    .sql('DELETE FROM kept_answers WHERE seq < (SELECT min(seq) FROM kept_answers) + 1000 AND created <= ?')
    .run(now - lifetimeSeconds)
}

/** The refusal of a request whose key belongs to one still running. Told: the wording. Documented: type and status. */
export function stillRunning(key: string): StripeError {
  return new StripeError(
    `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    { status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' },
  )
}
