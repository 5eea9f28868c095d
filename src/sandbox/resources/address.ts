import { hash, required, string, unsettable, type Reader } from '../protocol/params.ts'

export type Address = {
  city: string | null
  country: string | null
  line1: string | null
  line2: string | null
  postal_code: string | null
  state: string | null
}
export type Shipping = { address: Address; name: string; phone: string | null }

const part = unsettable(string())
const parts = hash({ city: part, country: part, line1: part, line2: part, postal_code: part, state: part })

/** A postal address. Guessed: an update replaces the whole of it. */
export const address: Reader<Address> = {
  ...parts,
  read(value, name) {
    const given = parts.read(value, name)
    return {
      city: given.city || null,
      country: given.country || null,
      line1: given.line1 || null,
      line2: given.line2 || null,
      postal_code: given.postal_code || null,
      state: given.state || null,
    }
  },
}

const shippingParts = hash({ address: required(address), name: required(string()), phone: unsettable(string(20)) })

export const shipping: Reader<Shipping> = {
  ...shippingParts,
  read(value, name) {
    const given = shippingParts.read(value, name)
    return { address: given.address, name: given.name, phone: given.phone || null }
  },
}
