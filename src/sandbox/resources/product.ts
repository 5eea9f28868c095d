import type { Context } from '../protocol/endpoint.ts'
import { missing } from '../protocol/errors.ts'
import type { Metadata } from '../protocol/metadata.ts'
import type { Row } from '../store/store.ts'

/** A product as stored; optional fields are absent from files of earlier releases. */
export type StoredProduct = {
  active: boolean
  description: string | null
  images?: string[]
  marketing_features?: { name: string }[]
  metadata: Metadata
  name: string
  shippable?: boolean | null
  statement_descriptor?: string | null
  tax_code?: string | null
  type?: 'good' | 'service'
  unit_label?: string | null
  updated?: number
  url?: string | null
}
export type Product = {
  id: string
  object: 'product'
  active: boolean
  created: number
  default_price: null
  description: string | null
  images: string[]
  livemode: boolean
  marketing_features: { name: string }[]
  metadata: Metadata
  name: string
  package_dimensions: null
  shippable: boolean | null
  statement_descriptor: string | null
  tax_code: string | null
  tax_details: null
  type: 'good' | 'service'
  unit_label: string | null
  updated: number
  url: string | null
}

export const productType = { name: 'product', label: 'product' }

/** Renders a product with the keys of a new one in Stripe (the exact set is a guess). */
export function renderProduct(row: Row<StoredProduct>, context: Context): Product {
  const stored = row.body
  return {
    id: row.id,
    object: 'product',
    active: stored.active,
    created: row.created,
    default_price: null,
    description: stored.description,
    images: stored.images ?? [],
    livemode: context.scope.livemode,
    marketing_features: stored.marketing_features ?? [],
    metadata: stored.metadata,
    name: stored.name,
    package_dimensions: null,
    shippable: stored.shippable ?? null,
    statement_descriptor: stored.statement_descriptor ?? null,
    tax_code: stored.tax_code ?? null,
    tax_details: null,
    type: stored.type ?? 'service',
    unit_label: stored.unit_label ?? null,
    updated: stored.updated ?? row.created,
    url: stored.url ?? null,
  }
}

export function requireProduct(context: Context, id: string): Row<StoredProduct> {
  const row = context.store.find<StoredProduct>(context.scope.id, productType.name, id)
  if (row === undefined) throw missing(productType.label, id, 'id', 404)
  return row
}
