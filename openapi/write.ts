import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { format, resolveConfig } from 'prettier'
import { buildApp } from '../src/app.ts'
import { openDatabase } from '../src/database/database.ts'
import type { OpenApi } from '../src/http/operations.ts'
import { postmanCollection } from './postman.ts'
import { curlPage } from './curl-page.ts'
import { createJournal } from '../src/journal/journal.ts'
import { createStripeClient } from '../src/stripe/client.ts'

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
  return await formatted(answer.body, 'json')
}

/** What is written from the document for people, by path. */
export async function writtenFiles(text: string): Promise<Record<string, string>> {
  const document: OpenApi = JSON.parse(text)
  return {
    'openapi/v1.json': text,
    'openapi/postman.json': await formatted(JSON.stringify(postmanCollection(document)), 'json'),
    'docs/curl.md': await formatted(curlPage(document), 'markdown'),
  }
}

async function formatted(text: string, parser: string): Promise<string> {
  return await format(text, { ...(await resolveConfig(fileURLToPath(import.meta.url))), parser })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = await writtenFiles(await writtenDocument())
  for (const [path, text] of Object.entries(files)) writeFileSync(new URL(`../${path}`, import.meta.url), text)
}
