import type { Kysely } from 'kysely'
import type { Mode } from '../lib/mode.ts'

/** All times are milliseconds since 1970, in columns that end in `_at`. */
export type Tables = {
  agencies: { id: string; name: string; created_at: number }
  api_keys: {
    id: string
    agency_id: string
    name: string
    /** SHA-256 of the key, in hex; the key itself is kept nowhere. */
    hash: string
    /** The key's last four digits, so that a person can tell keys apart. */
    hint: string
    created_at: number
    last_used_at: number | null
    revoked_at: number | null
  }
  accounts: { id: string; agency_id: string; connected_at: number }
  changes: {
    id: string
    agency_id: string
    key_id: string
    account_id: string
    request_id: string
    operation: string
    /** The object that is changed; null for one that Stripe has yet to name. */
    target: string | null
    /** What was asked of Stripe, as JSON. */
    terms: string
    /** As sent to Stripe. */
    idempotency_key: string
    started_at: number
  }
  change_outcomes: {
    change_id: string
    outcome: 'applied' | 'replayed' | 'not_applied' | 'unknown'
    /** Our code, of a refused change. */
    code: string | null
    object_id: string | null
    stripe_request_id: string | null
    ended_at: number
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
    /** What each code asks of Stripe beside its text, as JSON. */
    terms: string
    created_at: number
    started_at: number | null
    canceled_at: number | null
    /** When the last code was settled. */
    finished_at: number | null
  }
  bulk_codes: {
    job_id: string
    /** Its place among the codes of its job, from 0. */
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
  /** Who may work on something alone; null where nobody does. Epoch and renewals only ever grow: see src/jobs/leases.ts. */
  leases: { name: string; epoch: number; holder: string | null; renewals: number }
}

export type Database = Kysely<Tables>
