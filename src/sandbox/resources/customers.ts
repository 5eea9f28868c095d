import { renderDiscount, type Discount, type StoredDiscount, type LegacyDiscount } from './discounts.ts'
import { endpoint, type Context } from '../protocol/endpoint.ts'
import { missing } from '../protocol/errors.ts'
import { customerId } from '../store/ids.ts'
import { listParams, readPage, type Condition } from '../protocol/lists.ts'
import { mergeMetadata, metadata, type Metadata } from '../protocol/metadata.ts'
import { list, oneOf, string, unsettable } from '../protocol/params.ts'
import type { Row } from '../store/store.ts'

export type StoredCustomer = {
  description: string | null
  /** Sequence number of the current discount. */
  discountSeq: number | null
  email: string | null
  metadata: Metadata
  name: string | null
  phone: string | null
  tax_exempt: 'none' | 'reverse' | 'exempt'
}
export type Customer = {
  id: string
  object: 'customer'
  address: null
  balance: number
  created: number
  currency: string | null
  default_source: null
  delinquent: boolean
  description: string | null
  discount: Discount | LegacyDiscount | null
  email: string | null
  invoice_prefix: string
  invoice_settings: { custom_fields: null; default_payment_method: null; footer: null; rendering_options: null }
  livemode: boolean
  metadata: Metadata
  name: string | null
  next_invoice_sequence: number
  phone: string | null
  preferred_locales: string[]
  shipping: null
  tax_exempt: 'none' | 'reverse' | 'exempt'
  test_clock: null
}

const type = { name: 'customer', label: 'customer' }

/** Renders a customer with the keys of a new one in Stripe (the exact set is a guess) and its discount. */
export function renderCustomer(row: Row<StoredCustomer>, context: Context): Customer {
  const stored = row.body
  const discount = stored.discountSeq === null ? null : context.store.bySeq<StoredDiscount>(stored.discountSeq)
  return {
    id: row.id,
    object: 'customer',
    address: null,
    balance: 0,
    created: row.created,
    currency: null,
    default_source: null,
    delinquent: false,
    description: stored.description,
    discount: discount && renderDiscount(discount, context),
    email: stored.email,
    invoice_prefix: row.id.slice(-8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: context.scope.livemode,
    metadata: stored.metadata,
    name: stored.name,
    next_invoice_sequence: 1,
    phone: stored.phone,
    preferred_locales: [],
    shipping: null,
    tax_exempt: stored.tax_exempt,
    test_clock: null,
  }
}

/** Recorded: `No such customer`, param customer; 404 in the path, 400 as a parameter. */
export function requireCustomer(context: Context, id: string, status: 400 | 404 = 404): Row<StoredCustomer> {
  const row = context.store.find<StoredCustomer>(context.scope.id, type.name, id)
  if (row === undefined) throw missing(type.label, id, 'customer', status)
  return row
}

const create = endpoint({
  method: 'POST',
  path: '/v1/customers',
  params: {
    description: unsettable(string()),
    email: unsettable(string(512)),
    expand: list(string()),
    metadata,
    name: unsettable(string(256)),
    phone: unsettable(string(20)),
    tax_exempt: unsettable(oneOf('none', 'reverse', 'exempt')),
  },
  run(context, params) {
    const stored: StoredCustomer = {
      description: params.description || null,
      discountSeq: null,
      email: params.email || null,
      metadata: mergeMetadata({}, params.metadata),
      name: params.name || null,
      phone: params.phone || null,
      tax_exempt: params.tax_exempt || 'none',
    }
    const row = context.store.add(context.scope.id, type.name, customerId, context.now, stored)
    return renderCustomer(row, context)
  },
})

const retrieve = endpoint({
  method: 'GET',
  path: '/v1/customers/*',
  params: { expand: list(string()) },
  run: (context, _params, id) => renderCustomer(requireCustomer(context, id), context),
})

const { created, ...paging } = listParams

const all = endpoint({
  method: 'GET',
  path: '/v1/customers',
  params: { created, email: string(512), ...paging },
  isList: true,
  run(context, params) {
    const conditions: Condition[] =
      params.email === undefined ? [] : [{ sql: `body ->> 'email' = ?`, values: [params.email] }]
    const { rows, hasMore } = readPage<StoredCustomer>(context.store, context.scope.id, type, params, conditions)
    const data = rows.map((row) => renderCustomer(row, context))
    return { object: 'list', data, has_more: hasMore, url: '/v1/customers' }
  },
})

export const customerEndpoints = [create, retrieve, all]
