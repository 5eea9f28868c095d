import { readConfig } from '../config.ts'
import { startServer } from '../main.ts'
import type { Command } from './command.ts'
import { type Demo, openDemo } from './demo.ts'
import { say } from './output.ts'
import { stopSignal } from './stop-signal.ts'

export const serve: Command = {
  help: `Usage: chatdash serve

Listens on HOST and PORT (127.0.0.1:3000). With STRIPE_SECRET_KEY it works on Stripe; without, on the embedded sandbox,
with a demo agency whose key it prints. docs/configuration.md lists every variable. SIGTERM and SIGINT finish the requests
in flight, then stop; a second signal stops at once.`,
  async run() {
    const config = readConfig()
    const server = await startServer(config)
    try {
      if (config.stripeSecretKey === undefined) {
        say(banner(server.url, await openDemo(server.parts, config.dataDir, server.url)))
      } else {
        say(`chatdash-server listens on ${server.url} and works on Stripe.`)
      }
      await stopSignal()
    } finally {
      await server.close()
    }
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
`
}
