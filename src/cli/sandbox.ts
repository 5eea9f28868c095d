import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isVersion } from '../sandbox/protocol/version.ts'
import { serveSandbox } from '../sandbox/server.ts'
import { UsageError, type Command } from './command.ts'
import { say } from './output.ts'
import { stopSignal } from './stop-signal.ts'

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`--port must be a number up to 65535, not ${text}`)
  return port
}

function versionOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (isVersion(value)) return value
  throw new UsageError(`--api-version must be a version of Stripe's API, such as 2024-06-20, not ${value}`)
}

export const sandbox: Command = {
  help: `Usage: chatdash sandbox [--port 12111] [--host 127.0.0.1] [--data FILE | --memory] [--api-version VERSION]

Runs a stand-in for Stripe's coupon API on a port, to which any Stripe SDK can be pointed.

  --port PORT   the port to listen on (default 12111; 0 takes a free one)
  --host HOST   the address to listen on (default 127.0.0.1)
  --data FILE   where everything is kept (default data/stripe-sandbox.db)
  --memory      keep nothing: start empty and forget all at the end
  --api-version VERSION
                the API version of requests without a Stripe-Version header, such as
                2024-06-20 (default the newest that is known)

Any secret key works (sk_test_anything). docs/sandbox.md says what it does and where it differs from Stripe.
`,
  options: {
    port: { type: 'string' },
    host: { type: 'string' },
    data: { type: 'string' },
    memory: { type: 'boolean' },
    'api-version': { type: 'string' },
  },
  async run({ values }) {
    if (values['memory'] === true && values['data'] !== undefined) {
      throw new UsageError('--memory and --data exclude each other')
    }
    const apiVersion = versionOf(values['api-version'])
    const port = portOf(String(values['port'] ?? 12_111))
    const host = String(values['host'] ?? '127.0.0.1')
    const file = values['memory'] === true ? ':memory:' : resolve(String(values['data'] ?? 'data/stripe-sandbox.db'))
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
    const server = await serveSandbox({ file, host, port, apiVersion })
    say(`Stripe sandbox on ${server.url}, kept in ${file === ':memory:' ? 'memory only' : file}

  curl ${server.url}/v1/coupons -u sk_test_sandbox: -d percent_off=25 -d duration=once -d name=Hello
`)
    await stopSignal()
    await server.close()
    return 0
  },
}
