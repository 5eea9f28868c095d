import { endpoint, type Context } from '../protocol/endpoint.ts'
import { conflict, missing } from '../protocol/errors.ts'
import { productId } from '../store/ids.ts'
import { listParams, pageOf } from '../protocol/lists.ts'
import { mergeMetadata, metadata, type Metadata } from '../protocol/metadata.ts'
import { boolean, list, required, string } from '../protocol/params.ts'
import type { Row } from '../store/store.ts'

type KeptProduct = { active: boolean; description: string | null; metadata: Metadata; name: string }
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

const type = { name: 'product', words: 'product' }

/** A product as a new one is in Stripe (the exact set of keys is a guess); it is here to be named by applies_to. */
function renderProduct(row: Row<KeptProduct>, context: Context): Product {
  const kept = row.body
  return {
    id: row.id,
    object: 'product',
    active: kept.active,
    created: row.created,
    default_price: null,
    description: kept.description,
    images: [],
    livemode: context.space.livemode,
    marketing_features: [],
    metadata: kept.metadata,
    name: kept.name,
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
    const kept: KeptProduct = {
      active: params.active ?? true,
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      name: params.name,
    }
    const { store, space, now } = context
    const row =
      params.id === undefined
        ? store.add(space.id, type.name, productId, now, kept)
        : store.addNamed(space.id, type.name, params.id, now, kept)
    if (row === undefined) throw conflict('Product already exists.', 'id', 'resource_already_exists')
    return renderProduct(row, context)
  },
})

const retrieve = endpoint({
  method: 'GET',
  path: '/v1/products/*',
  params: { expand: list(string()) },
  run(context, _params, id) {
    const row = context.store.find<KeptProduct>(context.space.id, type.name, id)
    if (row === undefined) throw missing(type.words, id, 'id', 404)
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
    const { rows, hasMore } = pageOf<KeptProduct>(context.store, context.space.id, type, params)
    const data = rows.map((row) => renderProduct(row, context))
    return { object: 'list', data, has_more: hasMore, url: '/v1/products' }
  },
})

export const productEndpoints = [create, retrieve, all]
