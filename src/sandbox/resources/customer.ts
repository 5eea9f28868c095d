import type { Context } from '../protocol/endpoint.ts'
import { missing } from '../protocol/errors.ts'
import type { Expansion } from '../protocol/expand.ts'
import type { Metadata } from '../protocol/metadata.ts'
import type { Row } from '../store/store.ts'
import type { Address, Shipping } from './address.ts'
import { discountExpands, renderDiscount, type Discount, type LegacyDiscount, type StoredDiscount } from './discount.ts'

/** A customer as stored; optional fields are absent from files of earlier releases. */
export type StoredCustomer = {
  address?: Address | null
  balance?: number
  description: string | null
  /** Sequence number of the current discount. */
  discountSeq: number | null
  email: string | null
  metadata: Metadata
  name: string | null
  phone: string | null
  preferred_locales?: string[]
  shipping?: Shipping | null
  tax_exempt: 'none' | 'reverse' | 'exempt'
}
export type Customer = {
  id: string
  object: 'customer'
  address: Address | null
  balance: number
  created: number
  currency: string | null
  customer_account: null
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
  shipping: Shipping | null
  tax_exempt: 'none' | 'reverse' | 'exempt'
  test_clock: null
}
export type DeletedCustomer = { id: string; object: 'customer'; deleted: true }

/** Recorded: a cursor of a deleted customer still pages. */
export const customerType = { name: 'customer', label: 'customer', hasLastingCursors: true }

export function customerExpands(version: string): Expansion {
  return { discount: discountExpands(version) }
}

/** Renders a customer. Recorded: these keys, and the null of all that the sandbox has not. */
export function renderCustomer(
  row: Row<StoredCustomer>,
  context: Context,
  expand: Expansion = context.expand,
): Customer {
  const stored = row.body
  const discount = stored.discountSeq === null ? null : context.store.bySeq<StoredDiscount>(stored.discountSeq)
  return {
    id: row.id,
    object: 'customer',
    address: stored.address ?? null,
    balance: stored.balance ?? 0,
    created: row.created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: stored.description,
    discount: discount && renderDiscount(discount, context, expand['discount']),
    email: stored.email,
    invoice_prefix: row.id.slice(-8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: context.scope.livemode,
    metadata: stored.metadata,
    name: stored.name,
    next_invoice_sequence: 1,
    phone: stored.phone,
    preferred_locales: stored.preferred_locales ?? [],
    shipping: stored.shipping ?? null,
    tax_exempt: stored.tax_exempt,
    test_clock: null,
  }
}

function find(context: Context, id: string): Row<StoredCustomer> | undefined {
  return context.store.find<StoredCustomer>(context.scope.id, customerType.name, id)
}

/** Recorded: `No such customer`, param customer; 404 in the path, 400 as a parameter. */
export function requireCustomer(context: Context, id: string, status: 400 | 404 = 404): Row<StoredCustomer> {
  const row = find(context, id)
  if (row === undefined) throw missing(customerType.label, id, 'customer', status)
  return row
}

/** Reads a customer. Documented: of a deleted one a stub remains. */
export function readCustomer(context: Context, id: string, expand: Expansion): Customer | DeletedCustomer {
  const row = find(context, id)
  if (row) return renderCustomer(row, context, expand)
  if (context.store.findRemoved(context.scope.id, customerType.name, id)) return deletedCustomer(id)
  throw missing(customerType.label, id, 'customer', 404)
}

export function deletedCustomer(id: string): DeletedCustomer {
  return { id, object: 'customer', deleted: true }
}
