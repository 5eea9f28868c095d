import { currency } from '../protocol/currency.ts'
import { endpoint } from '../protocol/endpoint.ts'
import { invalid } from '../protocol/errors.ts'
import { integer, list, required, string } from '../protocol/params.ts'
import { requireCustomer } from './customer.ts'
import { discountExpands, renderDiscount } from './discount.ts'
import { applyDiscount } from './redeem.ts'

/** A purchase by a customer; Stripe has no such call. */
const redeem = endpoint({
  method: 'POST',
  path: '/_sandbox/redemptions',
  params: {
    amount: integer(0),
    code: string(500),
    coupon: string(),
    currency,
    customer: required(string()),
    expand: list(string()),
    promotion_code: string(),
  },
  expands: discountExpands,
  run(context, params) {
    if ([params.code, params.coupon, params.promotion_code].filter((one) => one !== undefined).length !== 1) {
      throw invalid('Pass exactly one of coupon, promotion_code and code.')
    }
    const customer = requireCustomer(context, params.customer, 400)
    return renderDiscount(applyDiscount(context, customer, params), context, context.expand)
  },
})

export const redemptionEndpoints = [redeem]
