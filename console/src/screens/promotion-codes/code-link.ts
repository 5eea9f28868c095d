/**
 * The address of a page with a promotion code in it, as Stripe's payment links read it:
 * https://docs.stripe.com/payment-links/customize. Undefined for what is no address of the web.
 */
export function codeLink(page: string, code: string): string | undefined {
  const url = URL.parse(page.trim())
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined
  url.searchParams.set('prefilled_promo_code', code)
  return url.href
}
