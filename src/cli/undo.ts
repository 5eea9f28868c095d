import { createAccounts } from '../accounts/accounts.ts'
import { createApiKeys } from '../agencies/api-keys.ts'
import { openJournal } from '../dependencies.ts'
import { createChanges } from '../journal/changes.ts'
import { createUndo } from '../journal/undo.ts'
import { type Command, UsageError } from './command.ts'
import { sayRows } from './output.ts'
import { parseSince } from './since.ts'
import { requireKey, withResources } from './with-resources.ts'

export const undo: Command = {
  help: `Usage: chatdash undo --key KEY_ID --since TIME [--dry-run] [--json]

Deletes the coupons that the API key has created since then, and switches off its promotion codes; each is a change in the
journal. TIME is a date (2026-11-20, 2026-11-20T08:00Z) or how long ago (90m, 24h, 7d). --dry-run only lists them. A coupon that
was deleted and made again under its id since, by another key or in Stripe's dashboard, is left: "is another one now". Where nobody
knows whether a creation was made, it is listed as "unknown", to be looked for in Stripe's dashboard. Revoke the key first, or it may
go on: chatdash key revoke KEY_ID. Exit code 1 where something could not be undone or is unknown.`,
  options: { key: { type: 'string' }, since: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  async run({ values }) {
    const { key, since } = values
    if (typeof key !== 'string') throw new UsageError('Give the id of the key: --key key_…')
    if (typeof since !== 'string') throw new UsageError('Say since when: --since 24h')
    const time = parseSince(since)
    return await withResources(async (resources) => {
      const { database, stripe } = resources
      await requireKey(createApiKeys(database, stripe.mode), key)
      const journal = openJournal(resources)
      const accounts = createAccounts(database, stripe.mode)
      const run = createUndo({ database, accounts, stripe, changes: createChanges(journal) })
      const rows = []
      try {
        for await (const { event, objectId, kind, result, problem } of run(key, time, values['dry-run'] === true)) {
          const row = { createdAt: event.at, account: event.accountId, kind, objectId, result }
          rows.push({ ...row, problem: problem ?? null })
        }
      } finally {
        await journal.flush()
      }
      sayRows(rows, values['json'] === true)
      return rows.some(({ result }) => result === 'failed' || result === 'unknown') ? 1 : 0
    })
  },
}
