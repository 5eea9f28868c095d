import { formatAmount } from './money.ts'
import type { NewCouponTerms } from './coupon.ts'
import type { Effect, Preview, Sample, Warning } from './preview-schema.ts'

const daySeconds = 86_400

/** Computes what a coupon with these terms would be and do. Creates nothing and does not call Stripe. */
export function previewOf(terms: NewCouponTerms, samples: Sample[], now: Date): Preview {
  const effects = samples.map((sample) => effectOn(sample, terms))
  return {
    coupon: {
      id: terms.id ?? null,
      amount_off: terms.amount_off ?? null,
      applies_to: terms.applies_to ?? null,
      currency: terms.currency ?? null,
      currency_options: terms.currency_options ?? null,
      duration: terms.duration,
      duration_in_months: terms.duration_in_months ?? null,
      max_redemptions: terms.max_redemptions ?? null,
      metadata: terms.metadata ?? {},
      name: terms.name ?? null,
      percent_off: terms.percent_off ?? null,
      redeem_by: terms.redeem_by ?? null,
    },
    summary: summaryOf(terms),
    effects,
    warnings: warningsOf(terms, effects, now),
  }
}

/** "25% off every invoice for 3 months, at most 100 redemptions, until 31 Dec 2026 (UTC)." */
function summaryOf(terms: NewCouponTerms): string {
  const parts = [
    `${discountOf(terms)} off ${durationOf(terms)}`,
    terms.applies_to && `on ${count(terms.applies_to.products.length, 'product')} only`,
    terms.max_redemptions !== undefined && `at most ${count(terms.max_redemptions, 'redemption')}`,
    terms.redeem_by !== undefined && `until ${dateOf(terms.redeem_by)} (UTC)`,
  ]
  return `${parts.filter((part) => typeof part === 'string').join(', ')}.`
}

function discountOf({ percent_off, amount_off, currency = '', currency_options }: NewCouponTerms): string {
  if (percent_off !== undefined) return `${percent_off}%`
  const others = Object.entries(currency_options ?? {}).map(([code, option]) => formatAmount(option.amount_off, code))
  return [formatAmount(amount_off ?? 0, currency), ...others].join(' or ')
}

function durationOf({ duration, duration_in_months: months = 0 }: NewCouponTerms): string {
  if (duration === 'forever') return 'every invoice'
  return duration === 'repeating' ? `every invoice for ${count(months, 'month')}` : 'the first invoice'
}

function effectOn({ amount, currency }: Sample, terms: NewCouponTerms): Effect {
  const off = amountOff(amount, currency, terms)
  // A coupon never makes an invoice negative.
  const discount = off === undefined ? 0 : Math.min(off, amount)
  return { amount, currency, applies: off !== undefined, discount, total: amount - discount }
}

/** The discount before it is capped at the price; undefined where the coupon has no amount in the currency. */
function amountOff(amount: number, currency: string, terms: NewCouponTerms): number | undefined {
  if (terms.percent_off !== undefined) {
    // Whole hundredths of a percent: floating-point arithmetic would now and then round half a unit down.
    const hundredths = BigInt(Math.round(terms.percent_off * 100))
    return Number((BigInt(amount) * hundredths + 5_000n) / 10_000n)
  }
  return currency === terms.currency ? terms.amount_off : terms.currency_options?.[currency]?.amount_off
}

function warningsOf(terms: NewCouponTerms, effects: Effect[], now: Date): Warning[] {
  const warnings: Warning[] = []
  const warn = (code: Warning['code'], message: string) => warnings.push({ code, message })
  if (terms.percent_off === 100 && terms.duration === 'forever') {
    warn('free_forever', 'Who redeems this coupon never pays again.')
  }
  if (terms.max_redemptions === undefined && terms.redeem_by === undefined) {
    warn('unlimited', 'Anybody can redeem this coupon at any time: it has neither max_redemptions nor redeem_by.')
  }
  const isAboveSample = effects.some((effect) => effect.applies && effect.amount > 0 && effect.total === 0)
  if (terms.amount_off !== undefined && isAboveSample) {
    warn('covers_sample', 'The amount off is at least as large as a sample price, which it makes free.')
  }
  if (effects.some((effect) => !effect.applies)) {
    warn('other_currency', 'The coupon has no amount in the currency of a sample price, so it does nothing there.')
  }
  if (terms.redeem_by !== undefined && terms.redeem_by - now.getTime() / 1000 < daySeconds) {
    warn('expires_soon', 'The coupon can be redeemed for less than a day.')
  }
  return warnings
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}

/** No formatter is kept: to make one loads ICU's calendars, which would be a twentieth of the start. */
function dateOf(seconds: number): string {
  const format = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const
  return new Date(seconds * 1000).toLocaleDateString('en-GB', format)
}
