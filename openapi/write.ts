import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { format, resolveConfig } from 'prettier'
import { createAdminServer } from '../src/admin/server.ts'
import { buildApp } from '../src/app.ts'
import { openDatabase } from '../src/database/database.ts'
import type { OpenApi } from '../src/http/operations.ts'
import { postmanCollection } from './postman.ts'
import { curlPage } from './curl-page.ts'
import { createJournal } from '../src/journal/journal.ts'
import { createStripeClient } from '../src/stripe/client.ts'

/** The OpenAPI documents as the routes describe them, as text. Nothing is opened for them but an empty database in memory. */
async function writtenDocuments(): Promise<{ publicApi: string; adminApi: string }> {
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
  const { body: publicApi } = await app.inject('/openapi.json')
  await app.close()
  const token = 'none'
  const admin = createAdminServer({ database, stripe, log, token, upkeep: { state: () => ({ unsettled: 0 }) } })
  const headers = { authorization: `Bearer ${token}` }
  const { body: adminApi } = await admin.inject({ url: '/openapi.json', headers })
  await admin.close()
  await database.destroy()
  return { publicApi: await formatted(publicApi, 'json'), adminApi: await formatted(adminApi, 'json') }
}

/** What is written from the routes, by path. */
export async function writtenFiles(): Promise<Record<string, string>> {
  const { publicApi, adminApi } = await writtenDocuments()
  const document: OpenApi = JSON.parse(publicApi)
  return {
    'openapi/v1.json': publicApi,
    'openapi/admin.json': adminApi,
    'openapi/postman.json': await formatted(JSON.stringify(postmanCollection(document)), 'json'),
    'docs/curl.md': await formatted(curlPage(document), 'markdown'),
  }
}

async function formatted(text: string, parser: string): Promise<string> {
  return await format(text, { ...(await resolveConfig(fileURLToPath(import.meta.url))), parser })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, text] of Object.entries(await writtenFiles()))
    writeFileSync(new URL(`../${path}`, import.meta.url), text)
}
