const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const valueOf = new Map(Array.from(digits, (digit, value) => [digit, value]))
const length = 8
const count = 62 ** length
const half = 2 ** 24

/** The round function of a Feistel network. It need not be secure, only mix well enough for ids to look random. */
function mix(value: number, key: number): number {
  let mixed = Math.imul(value ^ key, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca77)
  return (mixed ^ (mixed >>> 13)) & (half - 1)
}

/**
 * Encodes a sequence number as eight letters and digits that look random, and decodes it. Objects with such an id are found
 * by primary key: an index of random ids would cost more to write than the rest of a create.
 */
export class IdCodec {
  readonly #keys: readonly number[]

  constructor(keys: readonly number[]) {
    this.#keys = keys
  }

  encode(seq: number): string {
    let value = seq
    do {
      let left = Math.floor(value / half)
      let right = value % half
      for (const key of this.#keys) [left, right] = [right, left ^ mix(right, key)]
      value = left * half + right
    } while (value >= count)
    let text = ''
    for (let place = 0; place < length; place++) {
      text += digits[value % 62]
      value = Math.floor(value / 62)
    }
    return text
  }

  /** Decodes the sequence number at the end of an id. The caller must check that the object there has this id. */
  decode(id: string): number | undefined {
    if (id.length < length) return undefined
    let value = 0
    for (let at = id.length - 1; at >= id.length - length; at--) {
      const digit = valueOf.get(id[at] ?? '')
      if (digit === undefined) return undefined
      value = value * 62 + digit
    }
    do {
      let left = Math.floor(value / half)
      let right = value % half
      for (const key of this.#keys.toReversed()) [left, right] = [right ^ mix(left, key), left]
      value = left * half + right
    } while (value >= count)
    return value
  }
}
