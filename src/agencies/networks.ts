import { BlockList, isIP } from 'node:net'

/**
 * A test whether an address lies in one of these networks: single addresses or CIDR blocks (RFC 4632, RFC 4291), IPv4 or IPv6.
 * @throws Error that names the text which is no network
 */
export function createNetworkCheck(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits, more] = network.split('/')
    const version = isIP(address)
    const size = version === 4 ? 32 : 128
    const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= size)
    if (version === 0 || !isPrefix || more !== undefined) throw new Error(`"${network}" is not a network.`)
    list.addSubnet(address, bits === undefined ? size : Number(bits), version === 4 ? 'ipv4' : 'ipv6')
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
