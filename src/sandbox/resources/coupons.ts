import {
  couponExpands,
  couponType,
  renderCoupon,
  requireCoupon,
  type CurrencyOptions,
  type DeletedCoupon,
  type StoredCoupon,
} from './coupon.ts'
import { byCurrency, currency } from '../protocol/currency.ts'
import { endpoint } from '../protocol/endpoint.ts'
import { conflict, invalid, missing } from '../protocol/errors.ts'
import type { Expansion } from '../protocol/expand.ts'
import { hasFloatPercent } from '../protocol/version.ts'
import { couponId } from '../store/ids.ts'
import { listParams, readPage } from '../protocol/lists.ts'
import { mergeMetadata, metadata } from '../protocol/metadata.ts'
import { hash, integer, list, oneOf, string, unsettable } from '../protocol/params.ts'
import { percent } from '../protocol/percent.ts'
import { checkFuture } from '../protocol/times.ts'

const expands = (): Expansion => couponExpands

const currencyOptions = byCurrency({ amount_off: { ...integer(1), required: true } })

/** Recorded: exactly one of percent_off and amount_off, the latter with a currency. */
function checkDiscount(params: { percent_off?: number; amount_off?: number; currency?: string }): void {
  if (params.percent_off === undefined && params.amount_off === undefined) {
    throw invalid('Must provide percent_off or amount_off.', undefined, 'parameter_missing')
  }
  if (params.percent_off !== undefined && params.amount_off !== undefined) {
    throw invalid('Received both percent_off and amount_off parameters. Please pass in only one.')
  }
  if (params.amount_off !== undefined && params.currency === undefined) {
    throw invalid('You must pass currency when passing amount_off', 'currency')
  }
}

/** Documented: percent_off was an integer before 2018-07-27. Guessed: the refusal of a fraction. */
function checkWholePercent(percentOff: number | undefined, version: string): void {
  if (percentOff === undefined || hasFloatPercent(version) || Number.isInteger(percentOff)) return
  throw invalid(`Invalid integer: ${percentOff}`, 'percent_off', 'parameter_invalid_integer')
}

/** Recorded: repeating needs duration_in_months. Told: months need repeating; the wording is a guess. */
function checkDuration(duration: string, months: number | undefined): void {
  if (duration === 'repeating' && months === undefined) {
    throw invalid(
      'The duration_in_months param must be set when creating a coupon with a repeating duration',
      'duration',
    )
  }
  if (duration !== 'repeating' && months !== undefined) {
    throw invalid('duration_in_months can only be set when duration is repeating', 'duration_in_months')
  }
}

const create = endpoint({
  method: 'POST',
  path: '/v1/coupons',
  params: {
    amount_off: integer(1),
    applies_to: hash({ products: list(string()) }),
    currency,
    currency_options: currencyOptions,
    duration: oneOf('forever', 'once', 'repeating'),
    duration_in_months: integer(1),
    expand: list(string()),
    id: string(),
    max_redemptions: integer(1),
    metadata,
    name: string(40),
    percent_off: percent,
    redeem_by: integer(),
  },
  expands,
  run(context, params) {
    const { store, scope, now } = context
    checkDiscount(params)
    checkWholePercent(params.percent_off, context.version)
    const duration = params.duration ?? 'once'
    checkDuration(duration, params.duration_in_months)
    checkFuture('redeem_by', params.redeem_by, now)
    if (params.currency_options && params.percent_off !== undefined) {
      throw invalid('You may only specify one of these parameters: currency_options, percent_off.', 'currency_options')
    }
    const products = params.applies_to?.products ?? []
    for (const [index, product] of products.entries()) {
      const found = store.find(scope.id, 'product', product)
      if (found === undefined) throw missing('product', product, `applies_to[products][${index}]`, 400)
    }
    const stored: StoredCoupon = {
      amount_off: params.amount_off ?? null,
      applies_to: products.length > 0 ? products : null,
      currency: params.currency ?? null,
      currency_options: params.currency_options ?? null,
      duration,
      duration_in_months: params.duration_in_months ?? null,
      max_redemptions: params.max_redemptions ?? null,
      metadata: mergeMetadata({}, params.metadata),
      name: params.name ?? null,
      percent_off: params.percent_off ?? null,
      redeem_by: params.redeem_by ?? null,
      times_redeemed: 0,
    }
    const row =
      params.id === undefined
        ? store.add(scope.id, couponType.name, couponId, now, stored)
        : store.addWithId(scope.id, couponType.name, params.id, now, stored)
    if (row === undefined) throw conflict('Coupon already exists.', undefined, 'resource_already_exists')
    return renderCoupon(row, context)
  },
})

/** Told, verified live by its source: currencies may be added, existing amounts not changed. The wording is a guess. */
function addOptions(stored: StoredCoupon, added: CurrencyOptions | undefined): CurrencyOptions | null {
  if (added === undefined) return stored.currency_options
  if (stored.amount_off === null) {
    throw conflict('currency_options can only be set on a coupon with an amount_off.', 'currency_options')
  }
  for (const [code, { amount_off: amount }] of Object.entries(added)) {
    const before = stored.currency_options?.[code]
    if (before && before.amount_off !== amount) {
      throw conflict(`The amount_off of an existing currency (${code}) cannot be changed.`, 'currency_options')
    }
  }
  return { ...stored.currency_options, ...added }
}

const update = endpoint({
  method: 'POST',
  path: '/v1/coupons/*',
  params: {
    currency_options: currencyOptions,
    expand: list(string()),
    metadata,
    name: unsettable(string(40)),
  },
  expands,
  run(context, params, id) {
    const row = requireCoupon(context, id)
    const body: StoredCoupon = {
      ...row.body,
      currency_options: addOptions(row.body, params.currency_options),
      metadata: mergeMetadata(row.body.metadata, params.metadata),
      name: params.name === undefined ? row.body.name : params.name || null,
    }
    context.store.save(row.seq, body)
    return renderCoupon({ ...row, body }, context)
  },
})

const retrieve = endpoint({
  method: 'GET',
  path: '/v1/coupons/*',
  params: { expand: list(string()) },
  expands,
  run: (context, _params, id) => renderCoupon(requireCoupon(context, id), context),
})

/** Recorded: every later call answers 404 resource_missing. Told: the id may be used again. */
const remove = endpoint({
  method: 'DELETE',
  path: '/v1/coupons/*',
  params: {},
  run(context, _params, id): DeletedCoupon {
    context.store.remove(requireCoupon(context, id).seq)
    return { id, object: 'coupon', deleted: true }
  },
})

const all = endpoint({
  method: 'GET',
  path: '/v1/coupons',
  params: listParams,
  expands,
  isList: true,
  run(context, params) {
    const { rows, hasMore } = readPage<StoredCoupon>(context.store, context.scope.id, couponType, params)
    const data = rows.map((row) => renderCoupon(row, context))
    return { object: 'list', data, has_more: hasMore, url: '/v1/coupons' }
  },
})

export const couponEndpoints = [create, retrieve, update, remove, all]
