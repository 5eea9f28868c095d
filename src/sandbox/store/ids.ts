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

/** Recorded: a generated promotion code is eight of [A-Z0-9]. */
export const promotionCode = (): string => random(8, letters.slice(0, 36))

/** Told: prefix, 1, five characters of the time, ten of the account, eight random. `tail` is the encoded sequence number. */
export const timedId =
  (prefix: string, account: string, now: number) =>
  (tail: string): string =>
    `${prefix}_1${base62(now).slice(-5).padStart(5, '0')}${account.slice(-10).padStart(10, '0')}${tail}`

/** Recorded: a coupon's id is eight letters and digits, cus_, prod_ and req_ have fourteen, acct_1 has fifteen. */
export const couponId = (tail: string): string => tail
export const customerId = (tail: string): string => `cus_${random(6)}${tail}`
export const productId = (tail: string): string => `prod_${random(6)}${tail}`
export const accountId = (tail: string): string => `acct_1${random(7)}${tail}`
export const requestId = (): string => `req_${random(14)}`
