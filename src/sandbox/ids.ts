import { randomFillSync } from 'node:crypto'

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const pool = new Uint8Array(4096)
let next = pool.length

function random(length: number, alphabet = letters): string {
  let text = ''
  while (text.length < length) {
    if (next === pool.length) {
      randomFillSync(pool)
      next = 0
    }
    const byte = (pool[next++] ?? 0) & 63
    if (byte < alphabet.length) text += alphabet[byte]
  }
  return text
}

function base62(number: number): string {
  let text = ''
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) text = letters[rest % 62] + text
  return text
}

/** Recorded: eight of [A-Za-z0-9] and no prefix. */
export const couponId = (): string => random(8)

/** Recorded: a promotion code that was not given is eight of [A-Z0-9]. */
export const promotionCode = (): string => random(8, letters.slice(0, 36))

/** Told: prefix, 1, five of the time, ten of the account, eight random; the shape alone is what counts here. */
export const timedId = (prefix: string, account: string, now: number): string =>
  `${prefix}_1${base62(now).slice(-5).padStart(5, '0')}${account.slice(-10).padStart(10, '0')}${random(8)}`

/** Recorded shapes: req_ and cus_ and prod_ with fourteen, acct_1 with fifteen. */
export const requestId = (): string => `req_${random(14)}`
export const customerId = (): string => `cus_${random(14)}`
export const productId = (): string => `prod_${random(14)}`
export const accountId = (): string => `acct_1${random(15)}`
