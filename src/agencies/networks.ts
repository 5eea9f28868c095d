import { BlockList, isIP } from 'node:net'

/**
 * A test whether an address lies in one of these networks: single addresses or CIDR blocks (RFC 4632, RFC 4291), IPv4 or IPv6.
 * @throws Error that names the text which is no network
 */
export function createNetworkCheck(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const { address, version, bits } = partsOf(network)
    list.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6')
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Whether every address of the network lies in one of the others, of the same version of IP. Two that only hold it together do not
 * count.
 * @throws Error that names the text which is no network
 */
export function isWithinNetworks(network: string, others: readonly string[]): boolean {
  const { address, version, bits } = partsOf(network)
  return others.some((other) => {
    const outer = partsOf(other)
    return version === outer.version && bits >= outer.bits && createNetworkCheck([other])(address)
  })
}

function partsOf(network: string) {
  const [address = '', prefix, more] = network.split('/')
  const version = isIP(address)
  const size = version === 4 ? 32 : 128
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= size)
  if (version === 0 || !isPrefix || more !== undefined) throw new Error(`"${network}" is not a network.`)
  return { address, version, bits: prefix === undefined ? size : Number(prefix) }
}
