import type { AddressInfo, Server } from 'node:net'

/** Listens on a free port and prints the URL, for the benchmark to find. */
export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    console.log(`http://127.0.0.1:${port}`)
  })
  process.once('SIGTERM', () => process.exit())
}
