import { endpoint, type Context } from '../protocol/endpoint.ts'
import { conflict, missing } from '../protocol/errors.ts'
import { productId } from '../store/ids.ts'
import { listParams, readPage } from '../protocol/lists.ts'
import { mergeMetadata, metadata, type Metadata } from '../protocol/metadata.ts'
import { boolean, list, required, string } from '../protocol/params.ts'
import type { Row } from '../store/store.ts'

type StoredProduct = { active: boolean; description: string | null; metadata: Metadata; name: string }
export type Product = {
  id: string
  object: 'product'
  active: boolean
  created: number
  default_price: null
  description: string | null
  images: string[]
  livemode: boolean
  marketing_features: { name?: string }[]
  metadata: Metadata
  name: string
  package_dimensions: null
  shippable: null
  statement_descriptor: null
  tax_code: null
  tax_details: null
  type: 'service'
  unit_label: null
  updated: number
  url: null
}

const type = { name: 'product', label: 'product' }

/** Renders a product with the keys of a new one in Stripe (the exact set is a guess). */
function renderProduct(row: Row<StoredProduct>, context: Context): Product {
  const stored = row.body
  return {
    id: row.id,
    object: 'product',
    active: stored.active,
    created: row.created,
    default_price: null,
    description: stored.description,
    images: [],
    livemode: context.scope.livemode,
    marketing_features: [],
    metadata: stored.metadata,
    name: stored.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: row.created,
    url: null,
  }
}

const create = endpoint({
  method: 'POST',
  path: '/v1/products',
  params: {
    active: boolean,
    description: string(40_000),
    expand: list(string()),
    id: string(),
    metadata,
    name: required(string()),
  },
  run(context, params) {
    const stored: StoredProduct = {
      active: params.active ?? true,
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      name: params.name,
    }
    const { store, scope, now } = context
    const row =
      params.id === undefined
        ? store.add(scope.id, type.name, productId, now, stored)
        : store.addWithId(scope.id, type.name, params.id, now, stored)
    if (row === undefined) throw conflict('Product already exists.', 'id', 'resource_already_exists')
    return renderProduct(row, context)
  },
})

const retrieve = endpoint({
  method: 'GET',
  path: '/v1/products/*',
  params: { expand: list(string()) },
  run(context, _params, id) {
    const row = context.store.find<StoredProduct>(context.scope.id, type.name, id)
    if (row === undefined) throw missing(type.label, id, 'id', 404)
    return renderProduct(row, context)
  },
})

const { created, ...paging } = listParams

const all = endpoint({
  method: 'GET',
  path: '/v1/products',
  params: { created, ...paging },
  isList: true,
  run(context, params) {
    const { rows, hasMore } = readPage<StoredProduct>(context.store, context.scope.id, type, params)
    const data = rows.map((row) => renderProduct(row, context))
    return { object: 'list', data, has_more: hasMore, url: '/v1/products' }
  },
})

export const productEndpoints = [create, retrieve, all]
