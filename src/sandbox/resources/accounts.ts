import { endpoint, type Context } from '../protocol/endpoint.ts'
import { noSuchAccount } from '../protocol/authentication.ts'
import { accountId } from '../store/ids.ts'
import { listParams, pageOf } from '../protocol/lists.ts'
import { mergeMetadata, metadata, type Metadata } from '../protocol/metadata.ts'
import { hash, list, oneOf, string } from '../protocol/params.ts'
import type { Row } from '../store/store.ts'

const businessTypes = ['company', 'government_entity', 'individual', 'non_profit'] as const
type BusinessType = (typeof businessTypes)[number]
type KeptAccount = {
  name: string | null
  business_type: BusinessType | null
  country: string
  email: string | null
  metadata: Metadata
  type: 'custom' | 'express' | 'standard'
}
export type Account = {
  id: string
  object: 'account'
  business_profile: ReturnType<typeof profileOf>
  business_type: BusinessType | null
  charges_enabled: boolean
  country: string
  created: number
  default_currency: string
  details_submitted: boolean
  email: string | null
  metadata: Metadata
  payouts_enabled: boolean
  type: 'custom' | 'express' | 'standard'
}

const type = { name: 'account', words: 'account' }

/** Of the business only its name can be set; the rest is what a new account of Stripe's has. */
function profileOf(name: string | null) {
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

/** As much of an account as coupon code looks at; in the sandbox each is ready to be charged and paid. */
function renderAccount(row: Row<KeptAccount>): Account {
  return {
    id: row.id,
    object: 'account',
    business_profile: profileOf(row.body.name),
    business_type: row.body.business_type,
    charges_enabled: true,
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

/** Documented: an account that is not there and one that left are both 403 account_invalid. */
function requireAccount(context: Context, id: string): Row<KeptAccount> {
  const row = context.store.find<KeptAccount>(context.space.id, type.name, id)
  if (row === undefined) throw noSuchAccount(context.secretKey, id)
  return row
}

const create = endpoint({
  method: 'POST',
  path: '/v1/accounts',
  params: {
    business_profile: hash({ name: string() }),
    business_type: oneOf(...businessTypes),
    country: string(2),
    email: string(),
    expand: list(string()),
    metadata,
    type: oneOf('custom', 'express', 'standard'),
  },
  onPlatform: true,
  run(context, params) {
    const kept: KeptAccount = {
      name: params.business_profile?.name ?? null,
      business_type: params.business_type ?? null,
      country: params.country ?? 'US',
      email: params.email ?? null,
      metadata: mergeMetadata({}, params.metadata),
      type: params.type ?? 'standard',
    }
    const row = context.store.add(context.space.id, type.name, accountId, context.now, kept)
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

/** Removing an account from the sandbox stands for its leaving the platform: every later call for it is a 403. */
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
    const { rows, hasMore } = pageOf<KeptAccount>(context.store, context.space.id, type, params)
    return { object: 'list', data: rows.map(renderAccount), has_more: hasMore, url: '/v1/accounts' }
  },
})

export const accountEndpoints = [create, retrieve, remove, all]
