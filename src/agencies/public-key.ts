import { currencies } from '../lib/currencies.ts'
import { invalid } from '../lib/refusal.ts'
import { unixSeconds } from '../lib/times.ts'
import type { Bounds } from './bounds.ts'
import { byAgency } from './freezes.ts'
import type { ApiKey } from './key-rows.ts'
import type { KeyChangesData, PublicKey } from './key-schema.ts'
import { createNetworkCheck } from './networks.ts'

/** A key as the public API shows it. */
export function toPublicKey({ bounds, frozenBy, ...key }: ApiKey): PublicKey {
  return {
    id: key.id,
    object: 'api_key',
    name: key.name,
    hint: key.hint,
    created: unixSeconds(key.createdAt),
    last_used_at: unixSeconds(key.lastUsedAt),
    expires_at: unixSeconds(key.expiresAt),
    revoked_at: unixSeconds(key.revokedAt),
    frozen_by: frozenBy === null || frozenBy === byAgency ? frozenBy : 'operator',
    mode: key.mode,
    scopes: bounds.scopes,
    accounts: bounds.accounts ?? null,
    networks: bounds.networks ?? null,
    max_percent: bounds.maxPercent ?? null,
    max_amounts: bounds.maxAmounts ?? null,
    max_months: bounds.maxMonths ?? null,
    no_forever: bounds.noForever ?? false,
    changes_per_day: bounds.changesPerDay ?? null,
    guard_seconds: bounds.guardSeconds ?? null,
  }
}

/** As the public API shows a key, and also whose it is and which freeze holds. */
export function toOperatorKey(key: ApiKey): PublicKey & { agency_id: string } {
  return { ...toPublicKey(key), frozen_by: key.frozenBy, agency_id: key.agencyId }
}

type Limits = Pick<ApiKey, 'bounds' | 'expiresAt'>

/**
 * The limits with those that the caller sent in place of the ones before; null lifts one.
 * @throws Refusal `invalid_request` for rules that no schema can express
 */
export function changedLimits(data: KeyChangesData, before: Limits): Limits {
  checkNetworks(data.networks ?? [])
  checkCurrencies(data.max_amounts ?? {})
  const { bounds } = before
  const changed: Bounds = {
    ...bounds,
    scopes: data.scopes ? [...new Set(data.scopes)] : bounds.scopes,
    accounts: replaced(bounds.accounts, data.accounts),
    networks: replaced(bounds.networks, data.networks && [...new Set(data.networks)]),
    maxPercent: replaced(bounds.maxPercent, data.max_percent),
    maxAmounts: replaced(bounds.maxAmounts, data.max_amounts),
    maxMonths: replaced(bounds.maxMonths, data.max_months),
    noForever: replaced(bounds.noForever, data.no_forever),
    changesPerDay: replaced(bounds.changesPerDay, data.changes_per_day),
    guardSeconds: replaced(bounds.guardSeconds, data.guard_seconds),
  }
  const expiresAt = data.expires_at === undefined ? before.expiresAt : milliseconds(data.expires_at)
  return { bounds: changed, expiresAt }
}

function replaced<T>(before: T | undefined, sent: T | null | undefined): T | undefined {
  return sent === undefined ? before : (sent ?? undefined)
}

function checkNetworks(networks: string[]): void {
  for (const [index, network] of networks.entries()) {
    try {
      createNetworkCheck([network])
    } catch {
      const param = `data.networks.${index}`
      throw invalid(param, `${param} must be an address or a CIDR block: 192.0.2.0/24`)
    }
  }
}

function checkCurrencies(amounts: Record<string, number>): void {
  const unknown = Object.keys(amounts).find((currency) => !currencies.includes(currency))
  if (unknown === undefined) return
  const param = `data.max_amounts.${unknown}`.slice(0, 200).toWellFormed()
  throw invalid(param, `${param} is not the lower-case code of a currency that Stripe supports.`)
}

function milliseconds(time: number | null): number | null {
  if (time !== null && time * 1_000 <= Date.now()) {
    throw invalid('data.expires_at', 'data.expires_at must be in the future. To stop a key now, revoke it.')
  }
  return time === null ? null : time * 1_000
}
