import { Ajv } from 'ajv'
import { Type, type TProperties, type TSchema } from 'typebox'

const closed = (properties: TProperties) => Type.Object(properties, { additionalProperties: false })
const orNull = (schema: TSchema) => Type.Union([schema, Type.Null()])
const whole = Type.Integer()
const time = Type.Integer({ minimum: 1_000_000_000 })
const nothing = Type.Null()
const text = Type.String({ minLength: 1 })
const metadata = Type.Record(Type.String({ maxLength: 40 }), Type.String({ minLength: 1, maxLength: 500 }), {
  maxProperties: 50,
})
const currency = Type.String({ pattern: '^([a-z]{3}|usdc)$' })
const optional = Type.Optional
const deletedOf = (object: string) => closed({ id: text, object: Type.Literal(object), deleted: Type.Literal(true) })

const coupon = closed({
  id: Type.String({ minLength: 1, maxLength: 5000 }),
  object: Type.Literal('coupon'),
  amount_off: orNull(Type.Integer({ minimum: 1 })),
  applies_to: optional(closed({ products: Type.Array(text, { minItems: 1 }) })),
  created: time,
  currency: orNull(currency),
  currency_options: optional(Type.Record(Type.String(), closed({ amount_off: Type.Integer({ minimum: 1 }) }))),
  duration: Type.Enum(['forever', 'once', 'repeating']),
  duration_in_months: orNull(Type.Integer({ minimum: 1 })),
  livemode: Type.Boolean(),
  max_redemptions: orNull(Type.Integer({ minimum: 1 })),
  metadata,
  name: orNull(Type.String({ minLength: 1, maxLength: 40 })),
  percent_off: orNull(Type.Number({ minimum: 0.01, maximum: 100 })),
  redeem_by: orNull(time),
  times_redeemed: Type.Integer({ minimum: 0 }),
  valid: Type.Boolean(),
})

const address = closed({
  city: orNull(text),
  country: orNull(text),
  line1: orNull(text),
  line2: orNull(text),
  postal_code: orNull(text),
  state: orNull(text),
})

const discountCommon = {
  id: Type.String({ pattern: '^di_1[0-9A-Za-z]{23}$' }),
  object: Type.Literal('discount'),
  checkout_session: nothing,
  customer: text,
  customer_account: nothing,
  invoice: nothing,
  invoice_item: nothing,
  start: time,
  subscription: nothing,
  subscription_item: nothing,
}
/** The promotion code is checked apart, since it may hold a customer and so a discount itself. */
const discountOf = (promotion: TSchema, more: TProperties) =>
  Type.Union([
    closed({
      ...discountCommon,
      ...more,
      promotion_code: promotion,
      source: closed({ coupon: Type.Union([text, coupon]), type: Type.Literal('coupon') }),
    }),
    closed({ ...discountCommon, ...more, promotion_code: promotion, coupon }),
  ])

const customerOf = (discount: TSchema) =>
  closed({
    id: Type.String({ pattern: '^cus_[0-9A-Za-z]{14}$' }),
    object: Type.Literal('customer'),
    address: orNull(address),
    balance: whole,
    created: time,
    currency: nothing,
    customer_account: nothing,
    default_source: nothing,
    delinquent: Type.Literal(false),
    description: orNull(text),
    discount: orNull(discount),
    email: orNull(text),
    invoice_prefix: Type.String({ pattern: '^[0-9A-Z]{8}$' }),
    invoice_settings: closed({
      custom_fields: nothing,
      default_payment_method: nothing,
      footer: nothing,
      rendering_options: nothing,
    }),
    livemode: Type.Boolean(),
    metadata,
    name: orNull(text),
    next_invoice_sequence: Type.Literal(1),
    phone: orNull(text),
    preferred_locales: Type.Array(text),
    shipping: orNull(closed({ address, name: text, phone: orNull(text) })),
    tax_exempt: Type.Enum(['none', 'reverse', 'exempt']),
    test_clock: nothing,
  })

const codeCommon = {
  id: Type.String({ pattern: '^promo_1[0-9A-Za-z]{23}$' }),
  object: Type.Literal('promotion_code'),
  active: Type.Boolean(),
  code: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,500}$' }),
  created: time,
  customer: Type.Union([
    text,
    customerOf(orNull(discountOf(orNull(text), { end: orNull(time) }))),
    deletedOf('customer'),
    nothing,
  ]),
  customer_account: orNull(text),
  expires_at: orNull(time),
  livemode: Type.Boolean(),
  max_redemptions: orNull(Type.Integer({ minimum: 1 })),
  metadata,
  restrictions: closed({
    currency_options: optional(Type.Record(Type.String(), closed({ minimum_amount: Type.Integer({ minimum: 1 }) }))),
    first_time_transaction: Type.Boolean(),
    minimum_amount: orNull(Type.Integer({ minimum: 1 })),
    minimum_amount_currency: orNull(currency),
  }),
  times_redeemed: Type.Integer({ minimum: 0 }),
}
const promotionCode = Type.Union([
  closed({
    ...codeCommon,
    promotion: closed({ coupon: Type.Union([text, coupon]), type: Type.Literal('coupon') }),
  }),
  closed({ ...codeCommon, coupon }),
])

const discount = discountOf(Type.Union([text, promotionCode, nothing]), { end: orNull(time) })
const deletedDiscount = discountOf(orNull(text), { deleted: Type.Literal(true) })
const customer = customerOf(orNull(discount))

const product = closed({
  id: text,
  object: Type.Literal('product'),
  active: Type.Boolean(),
  created: time,
  default_price: nothing,
  description: orNull(text),
  images: Type.Array(text, { maxItems: 8 }),
  livemode: Type.Boolean(),
  marketing_features: Type.Array(closed({ name: text }), { maxItems: 15 }),
  metadata,
  name: text,
  package_dimensions: nothing,
  shippable: orNull(Type.Boolean()),
  statement_descriptor: orNull(text),
  tax_code: orNull(text),
  tax_details: nothing,
  type: Type.Enum(['good', 'service']),
  unit_label: orNull(text),
  updated: time,
  url: orNull(text),
})

const account = closed({
  id: Type.String({ pattern: '^acct_1[0-9A-Za-z]{15}$' }),
  object: Type.Literal('account'),
  business_profile: closed({
    mcc: nothing,
    minority_owned_business_designation: nothing,
    name: orNull(text),
    specified_commercial_transactions_act_url: nothing,
    support_address: nothing,
    support_email: nothing,
    support_phone: nothing,
    support_url: nothing,
    url: nothing,
  }),
  business_type: orNull(Type.Enum(['company', 'government_entity', 'individual', 'non_profit'])),
  capabilities: Type.Record(Type.String(), Type.Enum(['active', 'inactive'])),
  charges_enabled: Type.Literal(true),
  controller: closed({
    fees: closed({ payer: Type.Enum(['account', 'application', 'application_custom', 'application_express']) }),
    is_controller: Type.Literal(true),
    losses: closed({ payments: Type.Enum(['application', 'stripe']) }),
    requirement_collection: Type.Enum(['application', 'stripe']),
    stripe_dashboard: closed({ type: Type.Enum(['express', 'full', 'none']) }),
    type: Type.Literal('application'),
  }),
  country: Type.String({ minLength: 1, maxLength: 2 }),
  created: time,
  default_currency: Type.Literal('usd'),
  details_submitted: Type.Literal(true),
  email: orNull(text),
  metadata,
  payouts_enabled: Type.Literal(true),
  type: Type.Enum(['custom', 'express', 'none', 'standard']),
})

const clock = closed({ object: Type.Literal('sandbox.clock'), ahead: whole, now: time })
const faults = closed({
  object: Type.Literal('sandbox.faults'),
  data: Type.Array(
    closed({
      fault: text,
      rate: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
      due: Type.Number({ minimum: 0, maximum: 1 }),
      times: orNull(Type.Integer({ minimum: 0 })),
      method: orNull(text),
      path: orNull(text),
    }),
  ),
})

const snapshot = { object: Type.Literal('sandbox.snapshot'), name: text, created: time, objects: whole }
const index = closed({
  object: Type.Literal('sandbox'),
  api_version: text,
  calls: Type.Array(closed({ method: Type.Enum(['GET', 'POST', 'DELETE']), path: text, params: Type.Array(text) }), {
    minItems: 30,
  }),
  faults: Type.Array(text, { minItems: 8 }),
})
const request = closed({
  id: Type.String({ pattern: '^req_[0-9A-Za-z]{14}$' }),
  object: Type.Literal('sandbox.request'),
  account: orNull(text),
  api_version: text,
  created: time,
  fault: orNull(text),
  idempotency_key: orNull(text),
  method: text,
  params: Type.String({ maxLength: 4000 }),
  path: text,
  status: orNull(whole),
})
const requests = closed({
  object: Type.Literal('sandbox.requests'),
  data: Type.Array(request),
  has_more: Type.Boolean(),
})

const one = { account, coupon, customer, discount, product, promotion_code: promotionCode }
const listed = (item: TSchema, url: string) =>
  closed({
    object: Type.Literal('list'),
    data: Type.Array(item, { maxItems: 100 }),
    has_more: Type.Boolean(),
    url: Type.Literal(url),
  })
const error = closed({
  error: closed({
    code: optional(Type.String({ pattern: '^[a-z_]+$' })),
    doc_url: optional(Type.String({ pattern: '^https://stripe[.]com/docs/error-codes/[a-z-]+$' })),
    message: text,
    param: optional(text),
    request_log_url: optional(
      Type.String({ pattern: '^https://dashboard[.]stripe[.]com/(test/)?logs/req_[0-9A-Za-z]{14}$' }),
    ),
    type: Type.Enum(['api_error', 'card_error', 'idempotency_error', 'invalid_request_error']),
  }),
})

const ajv = new Ajv({ allErrors: false, strict: false })
const checks = {
  error: ajv.compile(error),
  account: ajv.compile(one.account),
  coupon: ajv.compile(one.coupon),
  customer: ajv.compile(one.customer),
  discount: ajv.compile(one.discount),
  product: ajv.compile(one.product),
  promotion_code: ajv.compile(one.promotion_code),
  'sandbox.clock': ajv.compile(clock),
  'sandbox.faults': ajv.compile(faults),
  'deleted account': ajv.compile(deletedOf('account')),
  'deleted coupon': ajv.compile(deletedOf('coupon')),
  'deleted customer': ajv.compile(deletedOf('customer')),
  'deleted discount': ajv.compile(deletedDiscount),
  'deleted product': ajv.compile(deletedOf('product')),
  'deleted sandbox.snapshot': ajv.compile(closed({ ...snapshot, deleted: Type.Literal(true) })),
  sandbox: ajv.compile(index),
  'sandbox.requests': ajv.compile(requests),
  'sandbox.reset': ajv.compile(closed({ object: Type.Literal('sandbox.reset') })),
  'sandbox.snapshot': ajv.compile(closed(snapshot)),
  'sandbox.snapshots': ajv.compile(
    closed({ object: Type.Literal('sandbox.snapshots'), data: Type.Array(closed(snapshot)) }),
  ),
  '/v1/accounts': ajv.compile(listed(account, '/v1/accounts')),
  '/v1/coupons': ajv.compile(listed(coupon, '/v1/coupons')),
  '/v1/customers': ajv.compile(listed(customer, '/v1/customers')),
  '/v1/products': ajv.compile(listed(product, '/v1/products')),
  '/v1/promotion_codes': ajv.compile(listed(promotionCode, '/v1/promotion_codes')),
}

function nameOf(status: number, body: Record<string, unknown>): string {
  if (status !== 200) return 'error'
  if (body['object'] === 'list') return String(body['url'])
  return body['deleted'] === true ? `deleted ${String(body['object'])}` : String(body['object'])
}

/** Checks an answer's body against the exact schema of its kind; returns the first violation. */
export function schemaViolation(status: number, body: Record<string, unknown>): string | undefined {
  const name = nameOf(status, body)
  const check = Object.entries(checks).find(([key]) => key === name)?.[1]
  if (check === undefined) return `no schema is called ${name}`
  return check(body) ? undefined : `not a ${name}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(body)}`
}
