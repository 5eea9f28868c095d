import { currencies } from '../../lib/currencies.ts'
import { invalid } from './errors.ts'
import { isMap } from './form.ts'
import { hash, refuseEmpty, type Reader, type Shape, type Values } from './params.ts'
import { excerpt } from './text.ts'

const known = new Set(currencies)

/** Recorded: map keys may also name three stablecoins, and the refusal's list then ends with a full stop. */
const keys = [...currencies, 'eurc', 'usdt', 'open_usd']
const knownKeys = new Set(keys)

/** A currency code. Recorded, of payouts: the refusal's wording. Guessed: upper case is accepted and lower-cased. */
export const currency: Reader<string> = {
  read(value, name) {
    refuseEmpty(value, name)
    const code = typeof value === 'string' ? value.toLowerCase() : 'object'
    if (!known.has(code)) {
      const supported = currencies.join(', ')
      throw invalid(
        `Invalid currency: ${excerpt(code)}. Stripe currently supports these currencies: ${supported}`,
        name,
      )
    }
    return code
  },
}

/** A map keyed by currency. Recorded: a scalar, an upper-case key and an unknown key are refused, each naming the whole map. */
export function byCurrency<S extends Shape>(shape: S): Reader<Record<string, Values<S>>> {
  const entry = hash(shape)
  return {
    undeclared(value, name, found) {
      if (!isMap(value)) return
      for (const key in value) entry.undeclared?.(value[key] ?? '', `${name}[${key}]`, found)
    },
    read(value, name) {
      refuseEmpty(value, name)
      if (!isMap(value)) throw invalid('Invalid object', name)
      const entries = Object.entries(value).map(([key, inner]) => {
        const lower = key.toLowerCase()
        if (lower !== key && knownKeys.has(lower)) {
          throw invalid(
            `Currencies must be lowercase when used as keys in a map. Use \`${lower}\` instead of \`${key}\`.`,
            name,
          )
        }
        if (!knownKeys.has(key)) {
          throw invalid(
            `Invalid currency: ${excerpt(key)}. Stripe currently supports these currencies: ${keys.join(', ')}.`,
            name,
          )
        }
        return [key, entry.read(inner, `${name}[${key}]`)] as const
      })
      return Object.fromEntries(entries)
    },
  }
}
