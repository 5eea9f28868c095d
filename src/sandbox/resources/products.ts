import { endpoint } from '../protocol/endpoint.ts'
import { conflict } from '../protocol/errors.ts'
import { listParams, readPage, type Condition } from '../protocol/lists.ts'
import { mergeMetadata, metadata } from '../protocol/metadata.ts'
import { boolean, hash, list, oneOf, required, string, unsettable, updated, type Values } from '../protocol/params.ts'
import { productId } from '../store/ids.ts'
import { productType, renderProduct, requireProduct, type StoredProduct } from './product.ts'

const params = {
  active: boolean,
  description: unsettable(string(40_000)),
  expand: list(string()),
  id: string(),
  images: list(string(2048), 8),
  marketing_features: list(hash({ name: required(string(80)) }), 15),
  metadata,
  name: string(),
  shippable: boolean,
  statement_descriptor: string(22),
  tax_code: unsettable(string()),
  type: oneOf('good', 'service'),
  unit_label: unsettable(string(12)),
  url: unsettable(string()),
}
const { id: _id, type: _type, ...updatable } = params

function merge(before: StoredProduct, given: Values<typeof updatable>): StoredProduct {
  return {
    ...before,
    active: given.active ?? before.active,
    description: updated(before.description, given.description),
    images: given.images ?? before.images ?? [],
    marketing_features: given.marketing_features ?? before.marketing_features ?? [],
    metadata: mergeMetadata(before.metadata, given.metadata),
    name: given.name ?? before.name,
    shippable: given.shippable ?? before.shippable ?? null,
    statement_descriptor: updated(before.statement_descriptor, given.statement_descriptor),
    tax_code: updated(before.tax_code, given.tax_code),
    unit_label: updated(before.unit_label, given.unit_label),
    url: updated(before.url, given.url),
  }
}

const create = endpoint({
  method: 'POST',
  path: '/v1/products',
  params: { ...params, name: required(string()) },
  run(context, { id, type, ...given }) {
    const { store, scope, now } = context
    const empty: StoredProduct = { active: true, description: null, metadata: {}, name: given.name }
    const stored: StoredProduct = { ...merge(empty, given), type: type ?? 'service' }
    const row =
      id === undefined
        ? store.add(scope.id, productType.name, productId, now, stored)
        : store.addWithId(scope.id, productType.name, id, now, stored)
    if (row === undefined) throw conflict('Product already exists.', 'id', 'resource_already_exists')
    return renderProduct(row, context)
  },
})

const update = endpoint({
  method: 'POST',
  path: '/v1/products/*',
  params: updatable,
  run(context, given, id) {
    const row = requireProduct(context, id)
    const body: StoredProduct = { ...merge(row.body, given), updated: context.now }
    context.store.save(row.seq, body)
    return renderProduct({ ...row, body }, context)
  },
})

const retrieve = endpoint({
  method: 'GET',
  path: '/v1/products/*',
  params: { expand: list(string()) },
  run: (context, _params, id) => renderProduct(requireProduct(context, id), context),
})

/** Guessed: coupons that apply to a deleted product still name it. */
const remove = endpoint({
  method: 'DELETE',
  path: '/v1/products/*',
  params: {},
  run(context, _params, id) {
    context.store.remove(requireProduct(context, id).seq)
    return { id, object: 'product', deleted: true }
  },
})

const { created, ending_before, expand, limit, starting_after } = listParams

const all = endpoint({
  method: 'GET',
  path: '/v1/products',
  params: {
    active: boolean,
    created,
    ending_before,
    expand,
    ids: list(string()),
    limit,
    shippable: boolean,
    starting_after,
    type: oneOf('good', 'service'),
    url: string(),
  },
  isList: true,
  run(context, { active, ids, shippable, type, url, ...page }) {
    const conditions: Condition[] = []
    if (active !== undefined) conditions.push({ sql: `body ->> 'active' = ?`, values: [Number(active)] })
    if (ids !== undefined)
      conditions.push({ sql: 'id IN (SELECT value FROM json_each(?))', values: [JSON.stringify(ids)] })
    if (shippable !== undefined) conditions.push({ sql: `body ->> 'shippable' = ?`, values: [Number(shippable)] })
    if (type !== undefined) conditions.push({ sql: `coalesce(body ->> 'type', 'service') = ?`, values: [type] })
    if (url !== undefined) conditions.push({ sql: `body ->> 'url' = ?`, values: [url] })
    const { rows, hasMore } = readPage<StoredProduct>(context.store, context.scope.id, productType, page, conditions)
    const data = rows.map((row) => renderProduct(row, context))
    return { object: 'list', data, has_more: hasMore, url: '/v1/products' }
  },
})

export const productEndpoints = [create, retrieve, update, remove, all]
