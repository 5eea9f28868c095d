import { requireCoupon } from './coupon.ts'
import { byCurrency, currency } from '../protocol/currency.ts'
import { requireCustomer } from './customer.ts'
import { endpoint } from '../protocol/endpoint.ts'
import { invalid } from '../protocol/errors.ts'
import { hasPromotion } from '../protocol/version.ts'
import { promotionCode, timedId } from '../store/ids.ts'
import { listParams, readPage, type Condition } from '../protocol/lists.ts'
import { mergeMetadata, metadata } from '../protocol/metadata.ts'
import { boolean, hash, integer, list, oneOf, required, string } from '../protocol/params.ts'
import {
  byCode,
  isActive,
  promotionCodeExpands,
  promotionCodeType,
  renderPromotionCode,
  requirePromotionCode,
  type StoredPromotionCode,
} from './promotion-code.ts'
import { checkCode, checkReactivation, checkUnique, checkWithin } from './promotion-code-rules.ts'
import type { Row } from '../store/store.ts'
import { checkFuture } from '../protocol/times.ts'

const minimumByCurrency = byCurrency({ minimum_amount: required(integer(1)) })

const create = endpoint({
  method: 'POST',
  path: '/v1/promotion_codes',
  params: {
    active: boolean,
    code: string(500),
    coupon: string(),
    customer: string(),
    customer_account: string(),
    expand: list(string()),
    expires_at: integer(),
    max_redemptions: integer(1),
    metadata,
    promotion: hash({ coupon: string(), type: required(oneOf('coupon')) }),
    restrictions: hash({
      currency_options: minimumByCurrency,
      first_time_transaction: boolean,
      minimum_amount: integer(1),
      minimum_amount_currency: currency,
    }),
  },
  hidden: (version) => [hasPromotion(version) ? 'coupon' : 'promotion'],
  expands: promotionCodeExpands,
  run(context, params) {
    const { store, scope, now } = context
    const isNew = hasPromotion(context.version)
    const named = isNew ? 'promotion' : 'coupon'
    if (params[named] === undefined) throw invalid(`Missing required param: ${named}.`, named, 'parameter_missing')
    const couponGiven = isNew ? params.promotion?.coupon : params.coupon
    if (couponGiven === undefined) {
      throw invalid('You must pass promotion.coupon when passing promotion', 'promotion.coupon')
    }
    if (params.code !== undefined) checkCode(params.code)
    checkFuture('expires_at', params.expires_at, now)
    const restrictions = params.restrictions ?? {}
    if (restrictions.minimum_amount !== undefined && restrictions.minimum_amount_currency === undefined) {
      throw invalid(
        'You must pass minimum_amount_currency when passing minimum_amount',
        'restrictions[minimum_amount_currency]',
      )
    }
    const coupon = requireCoupon(context, couponGiven, isNew ? 'promotion[coupon]' : 'coupon', 400)
    checkWithin(coupon.body, params.expires_at, params.max_redemptions)
    const customer = params.customer ?? null
    if (customer !== null) requireCustomer(context, customer, 400)
    const stored: StoredPromotionCode = {
      active: params.active ?? true,
      code: params.code ?? promotionCode(),
      couponSeq: coupon.seq,
      customer,
      customer_account: params.customer_account ?? null,
      expires_at: params.expires_at ?? null,
      max_redemptions: params.max_redemptions ?? null,
      metadata: mergeMetadata({}, params.metadata),
      restrictions: {
        currency_options: restrictions.currency_options ?? null,
        first_time_transaction: restrictions.first_time_transaction ?? false,
        minimum_amount: restrictions.minimum_amount ?? null,
        minimum_amount_currency: restrictions.minimum_amount_currency ?? null,
      },
      times_redeemed: 0,
    }
    if (isActive(stored, context)) checkUnique(context, stored.code, customer)
    const row = store.add(scope.id, promotionCodeType.name, timedId('promo', scope.account, now), now, stored)
    return renderPromotionCode(row, context)
  },
})

const update = endpoint({
  method: 'POST',
  path: '/v1/promotion_codes/*',
  params: {
    active: boolean,
    expand: list(string()),
    metadata,
    restrictions: hash({ currency_options: minimumByCurrency }),
  },
  expands: promotionCodeExpands,
  run(context, params, id) {
    const row = requirePromotionCode(context, id)
    const stored = row.body
    if (params.active === true && !isActive(stored, context)) checkReactivation(row, context)
    const options = params.restrictions?.currency_options
    const body: StoredPromotionCode = {
      ...stored,
      active: params.active ?? stored.active,
      metadata: mergeMetadata(stored.metadata, params.metadata),
      restrictions: {
        ...stored.restrictions,
        currency_options: options
          ? { ...stored.restrictions.currency_options, ...options }
          : stored.restrictions.currency_options,
      },
    }
    context.store.save(row.seq, body)
    return renderPromotionCode({ ...row, body }, context)
  },
})

const retrieve = endpoint({
  method: 'GET',
  path: '/v1/promotion_codes/*',
  params: { expand: list(string()) },
  expands: promotionCodeExpands,
  run: (context, _params, id) => renderPromotionCode(requirePromotionCode(context, id), context),
})

const { created, ...paging } = listParams

const all = endpoint({
  method: 'GET',
  path: '/v1/promotion_codes',
  params: {
    active: boolean,
    code: string(),
    coupon: string(),
    created,
    customer: string(),
    customer_account: string(),
    ...paging,
  },
  expands: promotionCodeExpands,
  isList: true,
  run(context, params) {
    const conditions: Condition[] = []
    if (params.code !== undefined) conditions.push({ sql: byCode, values: [params.code] })
    if (params.coupon !== undefined) {
      const { seq } = requireCoupon(context, params.coupon, 'coupon', 400)
      conditions.push({ sql: `body ->> 'couponSeq' = ?`, values: [seq] })
    }
    if (params.customer !== undefined) {
      requireCustomer(context, params.customer, 400)
      conditions.push({ sql: `body ->> 'customer' = ?`, values: [params.customer] })
    }
    if (params.customer_account !== undefined) {
      conditions.push({ sql: `body ->> 'customer_account' = ?`, values: [params.customer_account] })
    }
    const { active } = params
    const keep = (row: Row<StoredPromotionCode>): boolean =>
      active === undefined || isActive(row.body, context) === active
    const { rows, hasMore } = readPage(context.store, context.scope.id, promotionCodeType, params, conditions, keep)
    const data = rows.map((row) => renderPromotionCode(row, context))
    return { object: 'list', data, has_more: hasMore, url: '/v1/promotion_codes' }
  },
})

export const promotionCodeEndpoints = [create, retrieve, update, all]
