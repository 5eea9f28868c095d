import type { Generated, Kysely } from 'kysely'
import type { KeySource } from '../idempotency/key.ts'
import type { Mode } from '../lib/mode.ts'

/** All times are milliseconds since 1970, in columns that end in `_at`. */
export type Tables = {
  agencies: {
    id: string
    name: string
    created_at: number
    /** Since when none of its keys works. */
    archived_at: number | null
  }
  api_keys: {
    id: string
    agency_id: string
    name: string
    /** SHA-256 of the key, in hex; the key itself is kept nowhere. */
    hash: string
    /** The key's last four digits, by which people distinguish keys. */
    hint: string
    created_at: number
    last_used_at: number | null
    revoked_at: number | null
    expires_at: number | null
    /** The only mode in which the key works; null for one that works in every mode. */
    mode: Mode | null
    /** What the key may do, as JSON; null for everything but to manage keys. */
    bounds: string | null
    /** When a key of the agency froze this one; what the operator freezes stands in `freezes`. */
    frozen_at: number | null
    /** The Idempotency-Key of the request that made the key, scoped to mode, agency and operation; null for one made by command. */
    request_key: string | null
    request_digest: string | null
  }
  /** Who is signed in to the console, by which key. */
  sessions: {
    /** SHA-256 of the token in the cookie, in hex; the token itself is kept nowhere. */
    hash: string
    key_id: string
    /** The only mode in which the session works. */
    mode: Mode
    created_at: number
    expires_at: number
  }
  /** The key that equal requests without one get, by a digest of what they ask. */
  guards: { name: string; idempotency_key: string; started_at: number }
  /** What the operator stopped from writing: a key or an agency, by its id, or `platform`. */
  freezes: { target: string; frozen_at: number }
  /** How many changes a key has made in a day of UTC, where it is limited. */
  daily_changes: { key_id: string; day: string; count: number }
  accounts: {
    /** `unassigned`: from a release that did not keep it, until the next start adopts the account. */
    mode: Mode | 'unassigned'
    /** Stripe's, which has the same id in test and in live mode. */
    id: string
    agency_id: string
    connected_at: number
  }
  /** The journal: one ordered, append-only stream. */
  events: {
    seq: Generated<number>
    id: string
    at: number
    /** Null in events that were written before the mode was. */
    mode: Mode | null
    agency_id: string | null
    account_id: string | null
    key_id: string | null
    actor: 'api_key' | 'worker' | 'operator'
    /** `coupon.create.started`, `coupon.create.ended`, `coupon.create.settled`, `request.refused`, … */
    type: string
    /** Joins the start of a change and its end. */
    change_id: string | null
    request_id: string | null
    /** The caller's IP address. */
    address: string | null
    /** The Idempotency-Key between the caller and this server. */
    idempotency_key: string | null
    key_source: KeySource | null
    /** Only in old events: the key for Stripe, which can be derived again from what else stands here. */
    stripe_key: string | null
    /** Digest of the caller's own fields, where the caller sent the key. */
    request_digest: string | null
    /** Stripe's parameters, as JSON; null beyond 1,024 bytes, where `terms_digest` stands for it. */
    terms: string | null
    terms_digest: string | null
    object_id: string | null
    outcome: 'applied' | 'replayed' | 'not_applied' | 'unknown' | null
    /** The code of the refusal, and its sentence. */
    code: string | null
    message: string | null
    stripe_request_id: string | null
  }
  /** Evidence over the events up to `last_seq`, from where the seal before ended. */
  seals: {
    /** 1, 2, 3, … without a gap. */
    number: number
    at: number
    last_seq: number
    count: number
    /** SHA-256 over the canonical JSON of the events. */
    events_hash: string
    /** The `seq` of each event with the first 64 bits of its own SHA-256, to name one that was changed. */
    digests: string
    /** Null in the first seal. */
    previous_hash: string | null
    hash: string
    /** Ed25519 over `hash`, where the operator has set a key. */
    signature: string | null
    /** When retention removed the events; not part of what is hashed. */
    events_removed_at: number | null
  }
  bulk_jobs: {
    id: string
    /** The mode in which the job was accepted, and the only one in which it is worked on; null until it is adopted. */
    mode: Mode | null
    agency_id: string
    account_id: string
    coupon_id: string
    key_id: string
    request_id: string
    /** The caller's, scoped to mode, agency, account and operation. */
    idempotency_key: string
    /** SHA-256 of what was asked, to know another request under the same key. */
    fingerprint: string
    /** Stripe's parameters of each code, without its text, as JSON. */
    terms: string
    created_at: number
    started_at: number | null
    canceled_at: number | null
    /** When the last code was settled. */
    finished_at: number | null
    /** How many of its codes are pending; whoever settles codes subtracts them in the same transaction. */
    pending: number
  }
  bulk_codes: {
    job_id: string
    /** Its index among the codes of its job, from 0. */
    position: number
    code: string
    /** How many Idempotency-Keys are used up: Stripe answers a 5xx again and again under the same one. */
    keys_spent: number
    /** How many tries were begun; a pending code with any may exist on Stripe. */
    attempts: number
    status: 'pending' | 'created' | 'failed' | 'canceled'
    /** Stripe's id of the promotion code that was made. */
    promotion_code: string | null
    error: string | null
    error_code: string | null
  }
  /** One row, which the readiness check writes. */
  health: { id: number; checked_at: number }
  /** `holder` is null while nobody holds the lease. Epoch and renewals only ever grow: see src/jobs/leases.ts. */
  leases: { name: string; epoch: number; holder: string | null; renewals: number }
}

export type Database = Kysely<Tables>
