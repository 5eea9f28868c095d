import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { createAccounts } from '../accounts/accounts.ts'
import { createAgencies } from '../agencies/agencies.ts'
import { hashApiKey } from '../agencies/api-key.ts'
import { createApiKeys } from '../agencies/api-keys.ts'
import type { Resources } from '../dependencies.ts'

export type Demo = { file: string; apiKey: string; accountId: string }

/**
 * An agency with a key and an account to try the sandbox with, kept in `demo.env` of the data directory, which only its
 * owner can read. It is reused as long as it works. The key works in the sandbox only.
 */
export async function openDemo({ database, stripe }: Resources, dataDir: string, url: string): Promise<Demo> {
  const file = join(dataDir, 'demo.env')
  const keys = createApiKeys(database, stripe.mode)
  const accounts = createAccounts(database, stripe.mode)

  const canUse = async (agencyId: string, id: string) => {
    try {
      await stripe.retrieveAccount(await accounts.requireAccount(agencyId, id))
      return true
    } catch {
      // Whatever the reason, a new account replaces it.
      return false
    }
  }

  const kept = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  let { CHATDASH_API_KEY: apiKey, CHATDASH_ACCOUNT_ID: accountId } = kept
  const key = apiKey === undefined ? undefined : await keys.findBySecretHash(hashApiKey(apiKey))
  const works = key !== undefined && accountId !== undefined && (await canUse(key.agencyId, accountId))
  if (apiKey === undefined || accountId === undefined || !works) {
    const agency = await createAgencies(database).createAgency('Demo agency')
    apiKey = (await keys.createKey(agency.id, 'demo', { mode: 'sandbox' })).secret
    accountId = await stripe.createAccount('Demo business')
    await accounts.connect(agency.id, accountId)
  }

  // A rename, so that no reader ever finds half a file, also where several processes start at once.
  const text = `CHATDASH_URL=${url}\nCHATDASH_API_KEY=${apiKey}\nCHATDASH_ACCOUNT_ID=${accountId}\n`
  const unfinished = `${file}.${randomUUID()}`
  try {
    writeFileSync(unfinished, text, { mode: 0o600 })
    renameSync(unfinished, file)
  } finally {
    rmSync(unfinished, { force: true })
  }
  return { file, apiKey, accountId }
}
