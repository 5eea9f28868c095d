/** The coupon of all answers. */
export const coupon = {
  id: 'SUMMER20',
  object: 'coupon',
  amount_off: null,
  created: 1_700_000_000,
  currency: null,
  duration: 'once',
  duration_in_months: null,
  livemode: false,
  max_redemptions: null,
  metadata: {},
  name: 'Summer Sale',
  percent_off: 25,
  redeem_by: null,
  times_redeemed: 0,
  valid: true,
}
