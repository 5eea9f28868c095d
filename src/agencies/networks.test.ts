import { BlockList, isIP } from 'node:net'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWithin } from './excess.ts'
import { areWithinNetworks, createNetworkCheck } from './networks.ts'

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

function blockList(network: string): BlockList {
  const [address = '', bits = isIP(address) === 6 ? 128 : 32] = network.split('/')
  const list = new BlockList()
  list.addSubnet(address, Number(bits), family(address))
  return list
}

// Of few values, so that networks meet, in the forms in which one writes them.
const byte = fc.constantFrom(0, 1, 10, 127, 128, 192, 255)
const ipv4 = fc.array(byte, { minLength: 4, maxLength: 4 }).map((bytes) => bytes.join('.'))
const group = fc.constantFrom('0', '1', '80', 'FF', 'ffff', '2001', 'db8', '0db8')
const groups = (count: number) => fc.array(group, { minLength: count, maxLength: count }).map((all) => all.join(':'))
const ipv6 = fc.oneof(
  groups(8),
  ...[1, 2, 4].map((count) => fc.tuple(groups(count), groups(5 - count)).map((halves) => halves.join('::'))),
  groups(7).map((head) => `${head}::`),
  groups(3).map((tail) => `::${tail}`),
  groups(2).map((tail) => `::ffff:${tail}`),
  fc.tuple(groups(6), ipv4).map((parts) => parts.join(':')),
  ipv4.map((tail) => `::ffff:${tail}`),
  ipv4.map((tail) => `64:ff9b::${tail}`),
  fc.constantFrom('::', '::1', 'fe80::1%eth0', '0:0:0:0:0:ffff:0a00:1'),
)
const address = fc.oneof(ipv4, ipv6)
const network = address.chain((text) =>
  fc.option(fc.nat(isIP(text) === 6 ? 128 : 32)).map((bits) => (bits === null ? text : `${text}/${bits}`)),
)
/** One after the other, of which the second is often the first one’s in part. */
const pair = fc.oneof(
  fc.tuple(network, address),
  address.chain((text) =>
    fc.tuple(
      fc.nat(isIP(text) === 6 ? 128 : 32).map((bits) => `${text}/${bits}`),
      fc.constant(text),
    ),
  ),
)

test('an address lies in a network where Node’s own list says so', () => {
  const check = fc.property(pair, ([text, other]) => {
    expect(createNetworkCheck([text])(other)).toBe(blockList(text).check(other, family(other)))
  })
  fc.assert(check, { numRuns: 5_000 })
})

test('a network lies in another one of its version that is no smaller and has its address, as Node’s own list says', () => {
  const bits = (text: string) => Number(text.split('/')[1] ?? (isIP(text) === 6 ? 128 : 32))
  const check = fc.property(pair, fc.nat(128), ([outer, inner], length) => {
    const within = `${inner}/${Math.min(length, isIP(inner) === 6 ? 128 : 32)}`
    const isSameVersion = family(outer.split('/')[0] ?? '') === family(inner)
    const isExpected = isSameVersion && bits(within) >= bits(outer) && blockList(outer).check(inner, family(inner))
    expect(areWithinNetworks([within], [outer])).toBe(isExpected)
  })
  fc.assert(check, { numRuns: 5_000 })
})

test('networks lie in others that hold each of their addresses, whichever and however many do so together', () => {
  // Of 32 addresses in both versions, so that all of them can be asked for.
  const small = fc
    .tuple(fc.boolean(), fc.nat(31), fc.integer({ min: 27, max: 32 }))
    .map(([isIpv4, last, bits]) => (isIpv4 ? `10.0.0.${last}/${bits}` : `::ffff:10.0.0.${last}/${bits + 96}`))
  const lists = fc.array(small, { maxLength: 8 })
  const check = fc.property(lists, lists, (outer, inner) => {
    const isExpected = inner.every((one) => {
      const isHeld = createNetworkCheck(outer.filter((other) => other.includes(':') === one.includes(':')))
      const isOwn = createNetworkCheck([one])
      return Array.from({ length: 32 }, (_, last) => `10.0.0.${last}`).every((ip) => !isOwn(ip) || isHeld(ip))
    })
    expect(areWithinNetworks(inner, outer)).toBe(isExpected)
  })
  fc.assert(check, { numRuns: 5_000, examples: [[['10.0.0.0/28', '10.0.0.16/28'], ['10.0.0.0/27']]] })
})

test.each(['', 'office', '10.0.0', '::1/128'])('%j is no address, and in no network', (text) => {
  expect(createNetworkCheck(['0.0.0.0/0', '::/0'])(text)).toBe(false)
})

/** A hundred networks, and how often one of them was read. */
function countedNetworks() {
  const read = { count: 0 }
  const networks = Array.from({ length: 100 }, (_, index) => `10.0.${index}.0/24`)
  const list = new Proxy(networks, {
    get(target, name, receiver) {
      if (typeof name === 'string' && /^\d+$/.test(name)) read.count += 1
      return Reflect.get(target, name, receiver)
    },
  })
  return { list, read }
}

test('the networks of a key are parsed once, however many keys and requests are compared with them', () => {
  const own = countedNetworks()
  const given = countedNetworks()
  const powers = (networks: string[]) => ({
    id: 'key_1',
    mode: null,
    expiresAt: null,
    bounds: { scopes: [], networks },
  })
  for (let time = 0; time < 10; time += 1) {
    expect(isWithin(powers(given.list), powers(own.list))).toBe(true)
    expect(createNetworkCheck(own.list)('10.0.99.1')).toBe(true)
  }
  expect([own.read.count, given.read.count]).toEqual([100, 100])
})
