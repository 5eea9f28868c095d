/** Loaded into the server by `faults`: the name `stripe.test` is this machine, and every twelfth look-up of it fails. */
import dns, { type LookupAddress, type LookupOptions } from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'

const real = dns.lookup
let lookups = 0

type Callback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

function lookup(name: string, options: LookupOptions, callback: Callback): void {
  if (name !== 'stripe.test') return real(name, options, callback)
  lookups += 1
  const failure = Object.assign(new Error('getaddrinfo ENOTFOUND stripe.test'), { code: 'ENOTFOUND' })
  if (lookups % 12 === 0) process.nextTick(callback, failure, '')
  else if (options.all === true) process.nextTick(callback, null, [{ address: '127.0.0.1', family: 4 }])
  else process.nextTick(callback, null, '127.0.0.1', 4)
}

Object.assign(dns, { lookup })
syncBuiltinESMExports()
