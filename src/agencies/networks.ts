import { isIP } from 'node:net'

/** The addresses of a network, from the first to the last. An IPv4 one is the same as when it is mapped into IPv6. */
type Range = { version: number; first: bigint; last: bigint }

/** The lists that were parsed, which nobody changes: each request of a key checks its list. */
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
 * Whether every address of each network lies in one of the others, of the same version of IP. Two that only hold it together do not
 * count.
 * @throws Error that names the text which is no network
 */
export function areWithinNetworks(networks: readonly string[], others: readonly string[]): boolean {
  const outer = rangesOf(others)
  return rangesOf(networks).every(({ version, first, last }) =>
    outer.some((other) => version === other.version && other.first <= first && last <= other.last),
  )
}

function rangesOf(networks: readonly string[]): Range[] {
  let ranges = parsed.get(networks)
  if (!ranges) {
    ranges = networks.map(rangeOf)
    parsed.set(networks, ranges)
  }
  return ranges
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
  const [head = [], tail = []] = text.split('::').map((half) => half.split(':').flatMap(groupsOf))
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0000')
  return BigInt(`0x${[...head, ...zeros, ...tail].join('')}`)
}

/** The groups of four digits that a part of an IPv6 address between colons stands for: two where it is in the form of IPv4. */
function groupsOf(part: string): string[] {
  if (!part.includes('.')) return part === '' ? [] : [part.padStart(4, '0')]
  const digits = part.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))
  return [digits.slice(0, 2).join(''), digits.slice(2).join('')]
}
