import { readConfig } from '../config.ts'
import { startServer } from '../main.ts'
import type { Command } from './command.ts'
import { type Demo, openDemo } from './demo.ts'
import { say } from './output.ts'
import { stopRequested, stopSignal } from './stop-signal.ts'

export const serve: Command = {
  help: `Usage: chatdash serve

Listens on HOST and PORT (127.0.0.1:3000). With STRIPE_SECRET_KEY it works on Stripe; without, on the embedded sandbox,
with a demo agency whose key it prints. docs/configuration.md lists every variable. SIGTERM and SIGINT finish the requests
in flight, but wait no longer than SHUTDOWN_TIMEOUT_MS; a second signal stops at once.`,
  async run() {
    const config = readConfig()
    const isSandbox = config.stripeSecretKey === undefined
    let demo: Demo | undefined
    const server = await startServer(config, stopRequested, isSandbox ? () => demo : undefined)
    // Nothing was served yet, and what the start still waits for must not delay the exit.
    if (!server) process.exit(0)
    // After an uncaught error the state of the process is unknown; its log must still be written.
    process.on('uncaughtException', (err) => {
      server.log.fatal({ err }, 'uncaught exception')
      server.flushLog()
      process.exit(1)
    })
    let inTime = false
    try {
      if (isSandbox) {
        demo = await openDemo(server.resources, config.dataDir, server.url)
        say(banner(server.url, demo))
      } else {
        say(`chatdash-server listens on ${server.url} and works on Stripe.`)
      }
      if (server.adminUrl !== undefined) say(`The admin API listens on ${server.adminUrl}.`)
      await stopSignal()
    } finally {
      inTime = await server.close()
    }
    // What could not be closed must not delay the exit either.
    process.exit(inTime ? 0 : 1)
  },
}

function banner(url: string, { file, apiKey, accountId }: Demo): string {
  return `
chatdash-server listens on ${url}, on its own sandbox: no Stripe key is set.

  API key   ${apiKey}
  Account   ${accountId}
  Both are kept in ${file}

Create a coupon:

curl -X POST ${url}/v1/public/stripe/connect/accounts/${accountId}/coupons \\
  -H 'Authorization: ${apiKey}' \\
  -H 'Content-Type: application/json' \\
  -d '{"data": {"name": "Summer Sale", "percent_off": 25, "duration": "once"}}'

Or make one in the console, with this key: ${url}/console
`
}
