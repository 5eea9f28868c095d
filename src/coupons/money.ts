const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))

/**
 * How many decimals an amount in Stripe's smallest unit stands for, as Stripe's page on currencies has it. ISK and UGX have no
 * decimals any more, but Stripe still takes their amounts as if they had two.
 */
export function decimalsOf(currency: string): number {
  if (zeroDecimal.has(currency)) return 0
  return threeDecimal.has(currency) ? 3 : 2
}

/** An amount in the smallest unit, for people: 2000 and usd is `20.00 USD`, 500 and jpy is `500 JPY`. */
export function formatAmount(amount: number, currency: string): string {
  const decimals = decimalsOf(currency)
  const digits = String(amount).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  return `${decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`} ${currency.toUpperCase()}`
}
