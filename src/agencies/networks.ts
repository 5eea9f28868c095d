import { isIP } from 'node:net'

/** The addresses of a network, from the first to the last. An IPv4 one is the same as when it is mapped into IPv6. */
type Range = { version: number; first: bigint; last: bigint }

/** What the lists that were parsed hold, which nobody changes: each request of a key checks its list. */
const parsed = new WeakMap<readonly string[], Range[]>()

/**
 * A test whether an address lies in one of these networks: single addresses or CIDR blocks (RFC 4632, RFC 4291), IPv4 or IPv6.
 * @throws Error that names the text which is no network
 */
export function createNetworkCheck(networks: readonly string[]): (address: string) => boolean {
  const ranges = rangesOf(networks)
  return (address) => {
    if (isIP(address) === 0) return false
    const value = valueOf(address)
    return ranges.some(({ first, last }) => first <= value && value <= last)
  }
}

/**
 * Whether every address of each network lies in the others, of the same version of IP.
 * @throws Error that names the text which is no network
 */
export function areWithinNetworks(networks: readonly string[], others: readonly string[]): boolean {
  const outer = rangesOf(others)
  let index = 0
  // Both are in order, so that neither is gone through again for each of the other.
  return rangesOf(networks).every(({ version, first, last }) => {
    const isAhead = (other: Range) => other.version < version || (other.version === version && other.last < first)
    let other = outer[index]
    while (other && isAhead(other)) other = outer[(index += 1)]
    return other?.version === version && other.first <= first && last <= other.last
  })
}

/** What the networks hold together, in order: ranges between which there is at least one address. */
function rangesOf(networks: readonly string[]): Range[] {
  let ranges = parsed.get(networks)
  if (!ranges) {
    ranges = []
    for (const range of networks.map(rangeOf).toSorted(order)) {
      const before = ranges.at(-1)
      if (before?.version !== range.version || before.last + 1n < range.first) ranges.push(range)
      else if (before.last < range.last) before.last = range.last
    }
    parsed.set(networks, ranges)
  }
  return ranges
}

function order(one: Range, other: Range): number {
  return one.version - other.version || Number(one.first > other.first) - Number(one.first < other.first)
}

function rangeOf(network: string): Range {
  const [address = '', prefix, more] = network.split('/')
  const version = isIP(address)
  const size = version === 4 ? 32 : 128
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= size)
  if (version === 0 || !isPrefix || more !== undefined) throw new Error(`"${network}" is not a network.`)
  const hostBits = BigInt(size - Number(prefix ?? size))
  const first = (valueOf(address) >> hostBits) << hostBits
  return { version, first, last: first | ((1n << hostBits) - 1n) }
}

/** The 128 bits of an IPv6 address, or of an IPv4 one as IPv6 maps it (RFC 4291, section 2.5.5.2). A zone is left out. */
function valueOf(address: string): bigint {
  const [text = ''] = (address.includes(':') ? address : `::ffff:${address}`).split('%')
  const [head = '', tail = ''] = text.split('::').map(digitsOf)
  return BigInt(`0x${head.padEnd(32 - tail.length, '0')}${tail}`)
}

/** The hexadecimal digits of what is before or after a `::`, of which the last part may be in the form of IPv4. */
function digitsOf(half: string): string {
  if (half === '') return ''
  const parts = half.split(':')
  return parts.map((part) => (part.includes('.') ? bytesOf(part) : part.padStart(4, '0'))).join('')
}

function bytesOf(address: string): string {
  const bytes = address.split('.')
  return bytes.map((byte) => Number(byte).toString(16).padStart(2, '0')).join('')
}
