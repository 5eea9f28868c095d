import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { format, resolveConfig } from 'prettier'
import { buildApp } from '../src/app.ts'
import { openDatabase } from '../src/database/database.ts'
import { createJournal } from '../src/journal/journal.ts'
import { createStripeClient } from '../src/stripe/client.ts'

const file = new URL('v1.json', import.meta.url)

/** The OpenAPI document as the routes describe it, as text. Nothing is opened for it but an empty database in memory. */
export async function writtenDocument(): Promise<string> {
  const send = () => Promise.reject(new Error('The document is written without Stripe.'))
  const stripe = createStripeClient({
    secretKey: 'sk_test_none',
    mode: 'sandbox',
    send,
    timeoutMs: 1000,
    retriesMax: 0,
  })
  const database = openDatabase(':memory:')
  const log = pino({ level: 'silent' })
  const journal = createJournal(database, { mode: 'sandbox', log })
  const limits = { rateLimitPerSecond: 1, bulkPendingCodesMax: 1 }
  const app = await buildApp({ database, journal, stripe, log, ...limits })
  const answer = await app.inject('/openapi.json')
  await app.close()
  await database.destroy()
  return await format(answer.body, { ...(await resolveConfig(file)), parser: 'json' })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(file, await writtenDocument())
