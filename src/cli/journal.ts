import { createAccounts } from '../accounts/accounts.ts'
import { openJournal } from '../dependencies.ts'
import { toPublicEvent } from '../journal/event-schema.ts'
import { findEvents, type JournalEvent, listEvents } from '../journal/events.ts'
import { explain } from '../journal/explain.ts'
import { createSettle } from '../journal/settle.ts'
import { type Command, UsageError } from './command.ts'
import { note, printable, say, sayCsv, sayRows } from './output.ts'
import { parseSince } from './since.ts'
import { requireAgency, withResources } from './with-resources.ts'

const limitDefault = 50
const limitMax = 10_000
/** Of the terms, so much that changes can be told apart on a screen. */
const askedMax = 140
const settleSinceDefault = '7d'

export const journalList: Command = {
  help: `Usage: chatdash journal list [filters] [--limit 50] [--json | --csv]

Every change with what became of it, and requests that were refused with 400, 404, 409 or 422 (of many, a sample), newest first.

  --agency AG          of this agency
  --account ACCT       on this account
  --object ID          that has to do with this coupon or promotion code
  --key KEY_ID         that this API key asked for
  --request REQ        of this request, by the Request-Id of its answer
  --caller-key KEY     with this Idempotency-Key of the caller
  --since TIME         since a date (2026-11-20, 2026-11-20T08:00Z) or for so long (90m, 24h, 7d)
  --unanswered         whose outcome nobody knows yet`,
  options: {
    agency: { type: 'string' },
    account: { type: 'string' },
    object: { type: 'string' },
    key: { type: 'string' },
    request: { type: 'string' },
    'caller-key': { type: 'string' },
    since: { type: 'string' },
    unanswered: { type: 'boolean' },
    limit: { type: 'string' },
    csv: { type: 'boolean' },
  },
  async run({ values }) {
    if (values['json'] === true && values['csv'] === true) throw new UsageError('--json and --csv exclude each other')
    const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined)
    const since = text('since')
    const agency = text('agency')
    const filter = {
      accountId: text('account'),
      objectId: text('object'),
      keyId: text('key'),
      requestId: text('request'),
      idempotencyKey: text('caller-key'),
      since: since === undefined ? undefined : parseSince(since),
      isUnanswered: values['unanswered'] === true,
    }
    const limit = limitOf(text('limit'))
    const events = await withResources(async ({ database }) => {
      const agencyId = agency === undefined ? undefined : (await requireAgency(database, agency)).id
      return await listEvents(database, { ...filter, agencyId }, limit)
    })
    if (values['csv'] === true) sayCsv(events.map(toPublicEvent))
    else if (values['json'] === true) sayRows(events.map(toPublicEvent), true)
    else sayRows(events.map(toRow), false)
    if (events.length === limit) note(`These are the newest ${limit}; --limit shows more.`)
  },
}

function limitOf(text = String(limitDefault)): number {
  const limit = Number(text)
  if (!/^\d+$/.test(text) || limit < 1 || limit > limitMax)
    throw new UsageError(`--limit must be from 1 to ${limitMax}`)
  return limit
}

/** What fits on a line, and leads to the rest. */
function toRow(event: JournalEvent) {
  const { id, at, type, accountId, objectId, outcome, code, keyId, keySource, idempotencyKey, terms, message } = event
  const callerKey = keySource === 'caller' ? idempotencyKey : '(none sent)'
  const asked = (terms ?? message)?.slice(0, askedMax) ?? null
  const whose = { account: accountId, key: keyId, callerKey }
  return { startedAt: at, id, type, object: objectId, outcome, code, ...whose, asked }
}

export const journalShow: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash journal show CHANGE | EVENT | REQUEST [--json]

Everything that is known of a change (chg_…), an event (evt_…) or a request (req_…), and what it means.`,
  async run({ values, positionals }) {
    const [id] = positionals
    if (id === undefined) throw new UsageError('Give the id of a change, an event or a request: chg_…, evt_…, req_…')
    const events = await withResources(({ database }) => findEvents(database, id))
    if (events.length === 0) throw new Error(`The journal has no ${id}. See: chatdash journal list`)
    if (values['json'] === true) return sayRows(events.map(toPublicEvent), true)
    for (const event of events) {
      for (const [name, value] of Object.entries(toPublicEvent(event))) {
        if (value !== null) say(`${name.padEnd(24)}${isTime(name) ? isoTime(Number(value)) : printable(String(value))}`)
      }
      say(`\n${explain(event)}\n`)
    }
  },
}

function isTime(name: string): boolean {
  return ['created', 'ended', 'settled'].includes(name)
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

export const journalSettle: Command = {
  help: `Usage: chatdash journal settle [--since ${settleSinceDefault}] [--dry-run] [--json]

Finds out what became of changes whose answer was lost, at least ten minutes ago: it reads from Stripe, changes nothing there,
and adds what it found to the journal. Exit code 1 where Stripe could not be asked.`,
  options: { since: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  async run({ values }) {
    const since = parseSince(String(values['since'] ?? settleSinceDefault))
    const isDryRun = values['dry-run'] === true
    return await withResources(async (resources) => {
      const { database, stripe } = resources
      const settle = createSettle({
        database,
        stripe,
        accounts: createAccounts(database, stripe.mode),
        journal: openJournal(resources),
      })
      const rows = []
      let hasFailed = false
      for await (const settled of settle({ since, isDryRun })) {
        const { id, type, at, accountId } = settled.event
        const { outcome, objectId, sentence } =
          'verdict' in settled ? settled.verdict : { outcome: null, objectId: null, sentence: settled.failure }
        hasFailed ||= 'failure' in settled
        rows.push({ createdAt: at, id, type, account: accountId, outcome, objectId, evidence: sentence })
      }
      sayRows(rows, values['json'] === true)
      return hasFailed ? 1 : 0
    })
  },
}
