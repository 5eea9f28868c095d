import { endpoint, type Context } from '../protocol/endpoint.ts'
import { conflict, invalid } from '../protocol/errors.ts'
import { listParams, readPage, type Condition } from '../protocol/lists.ts'
import { mergeMetadata, metadata } from '../protocol/metadata.ts'
import { integer, list, oneOf, string, unsettable, updated, type Values } from '../protocol/params.ts'
import { hasCustomerCoupon } from '../protocol/version.ts'
import { customerId } from '../store/ids.ts'
import type { Row } from '../store/store.ts'
import { address, shipping } from './address.ts'
import {
  customerExpands,
  customerType,
  deletedCustomer,
  readCustomer,
  renderCustomer,
  requireCustomer,
  type Customer,
  type StoredCustomer,
} from './customer.ts'
import { renderDeletedDiscount, type StoredDiscount } from './discount.ts'
import { applyDiscount } from './redeem.ts'

const params = {
  address: unsettable(address),
  balance: integer(),
  coupon: string(),
  description: unsettable(string()),
  email: unsettable(string(512)),
  expand: list(string()),
  metadata,
  name: unsettable(string(256)),
  phone: unsettable(string(20)),
  preferred_locales: list(string()),
  promotion_code: string(),
  shipping: unsettable(shipping),
  tax_exempt: unsettable(oneOf('none', 'reverse', 'exempt')),
}
const shared = {
  params,
  expands: customerExpands,
  hidden: (version: string) => (hasCustomerCoupon(version) ? [] : ['coupon', 'promotion_code']),
}

const empty: StoredCustomer = {
  description: null,
  discountSeq: null,
  email: null,
  metadata: {},
  name: null,
  phone: null,
  tax_exempt: 'none',
}

function merge(before: StoredCustomer, given: Values<typeof params>): StoredCustomer {
  return {
    address: updated(before.address, given.address),
    balance: given.balance ?? before.balance ?? 0,
    description: updated(before.description, given.description),
    discountSeq: before.discountSeq,
    email: updated(before.email, given.email),
    metadata: mergeMetadata(before.metadata, given.metadata),
    name: updated(before.name, given.name),
    phone: updated(before.phone, given.phone),
    preferred_locales: given.preferred_locales ?? before.preferred_locales ?? [],
    shipping: updated(before.shipping, given.shipping),
    tax_exempt: given.tax_exempt === undefined ? before.tax_exempt : given.tax_exempt || 'none',
  }
}

/** Documented: before 2025-03-31.basil a customer takes a coupon or a promotion code. Guessed: not both. */
function withDiscount(row: Row<StoredCustomer>, given: Values<typeof params>, context: Context): Customer {
  const { coupon, promotion_code: code } = given
  if (coupon !== undefined && code !== undefined) {
    throw invalid('You may only specify one of these parameters: coupon, promotion_code.', 'coupon')
  }
  if (coupon === undefined && code === undefined) return renderCustomer(row, context)
  const discount = applyDiscount(context, row, coupon === undefined ? { promotion_code: code } : { coupon })
  return renderCustomer({ ...row, body: { ...row.body, discountSeq: discount.seq } }, context)
}

const create = endpoint({
  ...shared,
  method: 'POST',
  path: '/v1/customers',
  run(context, given) {
    const { store, scope, now } = context
    return withDiscount(store.add(scope.id, customerType.name, customerId, now, merge(empty, given)), given, context)
  },
})

const update = endpoint({
  ...shared,
  method: 'POST',
  path: '/v1/customers/*',
  run(context, given, id) {
    const row = requireCustomer(context, id)
    const body = merge(row.body, given)
    context.store.save(row.seq, body)
    return withDiscount({ ...row, body }, given, context)
  },
})

const retrieve = endpoint({
  method: 'GET',
  path: '/v1/customers/*',
  params: { expand: list(string()) },
  expands: customerExpands,
  run: (context, _params, id) => readCustomer(context, id, context.expand),
})

const remove = endpoint({
  method: 'DELETE',
  path: '/v1/customers/*',
  params: {},
  run(context, _params, id) {
    context.store.remove(requireCustomer(context, id).seq)
    return deletedCustomer(id)
  },
})

/** Guessed: the refusal where there is no discount. */
const removeDiscount = endpoint({
  method: 'DELETE',
  path: '/v1/customers/*/discount',
  params: {},
  run(context, _params, id) {
    const row = requireCustomer(context, id)
    const { discountSeq } = row.body
    if (discountSeq === null) {
      throw conflict(`No active discount for customer: ${id}`, undefined, 'resource_missing', 404)
    }
    context.store.save(row.seq, { ...row.body, discountSeq: null })
    return renderDeletedDiscount(context.store.bySeq<StoredDiscount>(discountSeq), context)
  },
})

const { created, ...paging } = listParams

const all = endpoint({
  method: 'GET',
  path: '/v1/customers',
  params: { created, email: string(512), ...paging },
  expands: customerExpands,
  isList: true,
  run(context, { email, ...page }) {
    const conditions: Condition[] = email === undefined ? [] : [{ sql: `body ->> 'email' = ?`, values: [email] }]
    const { rows, hasMore } = readPage<StoredCustomer>(context.store, context.scope.id, customerType, page, conditions)
    const data = rows.map((row) => renderCustomer(row, context))
    return { object: 'list', data, has_more: hasMore, url: '/v1/customers' }
  },
})

export const customerEndpoints = [create, retrieve, update, remove, removeDiscount, all]
