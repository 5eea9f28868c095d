const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const valueOf = new Map(Array.from(digits, (digit, value) => [digit, value]))
const length = 8
const count = 62 ** length
const half = 2 ** 24

/** One round of a Feistel network: any function will do, this one mixes well enough for ids to look random. */
function mix(value: number, key: number): number {
  let mixed = Math.imul(value ^ key, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca77)
  return (mixed ^ (mixed >>> 13)) & (half - 1)
}

/**
 * Turns the place of an object in the store into eight letters and digits that look random, and back. An id that ends in
 * them is found without an index of ids, whose scattered writes would cost more than all else of a create together.
 */
export class Places {
  readonly #keys: readonly number[]

  constructor(keys: readonly number[]) {
    this.#keys = keys
  }

  tailOf(seq: number): string {
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

  /** The place that an id's end may tell; whether the object there has this id is for the store to see. */
  seqOf(id: string): number | undefined {
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
