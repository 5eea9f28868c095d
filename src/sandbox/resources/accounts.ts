import { endpoint, type Context } from '../protocol/endpoint.ts'
import { noSuchAccount } from '../protocol/authentication.ts'
import { invalid } from '../protocol/errors.ts'
import { isMap } from '../protocol/form.ts'
import { accountId } from '../store/ids.ts'
import { listParams, readPage } from '../protocol/lists.ts'
import { mergeMetadata, metadata, type Metadata } from '../protocol/metadata.ts'
import { boolean, hash, list, oneOf, string, type Reader } from '../protocol/params.ts'
import type { Row } from '../store/store.ts'
import { controller, controllerFrom, controllerOf, type AccountType, type Controller } from './controller.ts'

const businessTypes = ['company', 'government_entity', 'individual', 'non_profit'] as const
type BusinessType = (typeof businessTypes)[number]
type StoredAccount = {
  name: string | null
  business_type: BusinessType | null
  country: string
  email: string | null
  metadata: Metadata
  type: AccountType
  /** Absent from files of earlier releases. */
  capabilities?: Record<string, 'active' | 'inactive'>
  /** Absent where the type alone decides. */
  controller?: Controller
}
export type Account = {
  id: string
  object: 'account'
  business_profile: ReturnType<typeof businessProfile>
  business_type: BusinessType | null
  capabilities: Record<string, 'active' | 'inactive'>
  charges_enabled: boolean
  controller: Controller
  country: string
  created: number
  default_currency: string
  details_submitted: boolean
  email: string | null
  metadata: Metadata
  payouts_enabled: boolean
  type: AccountType
}

const type = { name: 'account', label: 'account' }

/** Only the business's name can be set; the rest is what a new Stripe account has. */
function businessProfile(name: string | null) {
  return {
    mcc: null,
    minority_owned_business_designation: null,
    name,
    specified_commercial_transactions_act_url: null,
    support_address: null,
    support_email: null,
    support_phone: null,
    support_url: null,
    url: null,
  }
}

/** The fields of an account that coupon code reads; in the sandbox every account can charge and be paid at once. */
function renderAccount(row: Row<StoredAccount>): Account {
  return {
    id: row.id,
    object: 'account',
    business_profile: businessProfile(row.body.name),
    business_type: row.body.business_type,
    capabilities: row.body.capabilities ?? {},
    charges_enabled: true,
    controller: row.body.controller ?? controllerOf(row.body.type),
    country: row.body.country,
    created: row.created,
    default_currency: 'usd',
    details_submitted: true,
    email: row.body.email,
    metadata: row.body.metadata,
    payouts_enabled: true,
    type: row.body.type,
  }
}

/** Documented: unknown and disconnected accounts are both 403 account_invalid. */
function requireAccount(context: Context, id: string): Row<StoredAccount> {
  const row = context.store.find<StoredAccount>(context.scope.id, type.name, id)
  if (row === undefined) throw noSuchAccount(context.secretKey, id)
  return row
}

const requested = hash({ requested: boolean })

/** A map by capability. Guessed: any name is one, and in the sandbox what is requested is active at once. */
const capabilities: Reader<Record<string, 'active' | 'inactive'>> = {
  undeclared(value, name, found) {
    if (!isMap(value)) return
    for (const key in value) requested.undeclared?.(value[key] ?? '', `${name}[${key}]`, found)
  },
  read(value, name) {
    if (!isMap(value)) throw invalid('Invalid object', name)
    const entries = Object.entries(value).map(([key, inner]) => {
      const isRequested = requested.read(inner, `${name}[${key}]`).requested === true
      return [key, isRequested ? 'active' : 'inactive'] as const
    })
    return Object.fromEntries(entries)
  },
}

const create = endpoint({
  method: 'POST',
  path: '/v1/accounts',
  params: {
    business_profile: hash({ name: string() }),
    business_type: oneOf(...businessTypes),
    capabilities,
    controller,
    country: string(2),
    email: string(),
    expand: list(string()),
    metadata,
    type: oneOf('custom', 'express', 'standard'),
  },
  onPlatform: true,
  run(context, params) {
    if (params.controller && params.type) {
      throw invalid('You may only specify one of these parameters: controller, type.', 'controller')
    }
    const stored: StoredAccount = {
      name: params.business_profile?.name ?? null,
      business_type: params.business_type ?? null,
      capabilities: params.capabilities ?? {},
      country: params.country ?? 'US',
      email: params.email ?? null,
      metadata: mergeMetadata({}, params.metadata),
      type: params.type ?? (params.controller ? 'none' : 'standard'),
      ...(params.controller && { controller: controllerFrom(params.controller) }),
    }
    const row = context.store.add(context.scope.id, type.name, accountId, context.now, stored)
    return renderAccount(row)
  },
})

const retrieve = endpoint({
  method: 'GET',
  path: '/v1/accounts/*',
  params: { expand: list(string()) },
  onPlatform: true,
  run: (context, _params, id) => renderAccount(requireAccount(context, id)),
})

/** Deleting an account stands for its disconnecting from the platform: every later call for it is a 403. */
const remove = endpoint({
  method: 'DELETE',
  path: '/v1/accounts/*',
  params: {},
  onPlatform: true,
  run(context, _params, id) {
    context.store.remove(requireAccount(context, id).seq)
    return { id, object: 'account', deleted: true }
  },
})

const all = endpoint({
  method: 'GET',
  path: '/v1/accounts',
  params: listParams,
  isList: true,
  onPlatform: true,
  run(context, params) {
    const { rows, hasMore } = readPage<StoredAccount>(context.store, context.scope.id, type, params)
    return { object: 'list', data: rows.map(renderAccount), has_more: hasMore, url: '/v1/accounts' }
  },
})

export const accountEndpoints = [create, retrieve, remove, all]
