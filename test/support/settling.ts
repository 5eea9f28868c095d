import { createAccounts } from '../../src/accounts/accounts.ts'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { findEvents } from '../../src/journal/events.ts'
import type { Verdict } from '../../src/journal/evidence.ts'
import type { NewEvent } from '../../src/journal/journal.ts'
import { createVerdict } from '../../src/journal/verdict.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import { openTestJournal } from './journal.ts'
import { answer, refuse, type Step } from './stripe-steps.ts'
import { coupon } from './stripe-stub.ts'

/** When the changes were asked for, in milliseconds. */
export const asked = Date.parse('2026-02-28T12:00:00Z')

type Made = { id: string; created?: number } & Record<string, unknown>
type Told = Partial<NewEvent> & { at?: number; mode?: 'sandbox' | 'test' }

/**
 * What settling says of changes, with a journal and a Stripe that hold what the test puts there. `sent` has the paths that Stripe was
 * asked for.
 */
export async function openSettling() {
  const opened = await openTestJournal('sqlite')
  const { database, journal } = opened
  const accounts = createAccounts(database, 'sandbox')
  const { id: agencyId } = await createAgencies(database).createAgency('Acme')
  /** Newest first, as Stripe lists them. */
  const objects: Made[] = []
  const sent: URL[] = []
  let refused: Step | undefined
  let meanwhile: (() => Promise<unknown>) | undefined
  const send = (path: string): Step => {
    const url = new URL(path, 'http://stripe')
    sent.push(url)
    if (refused) return refused
    const [, , type = '', id] = url.pathname.split('/')
    const of = objects.filter(({ object }) => `${String(object)}s` === type)
    if (id !== undefined) {
      const found = of.find((one) => one.id === id)
      return found ? answer(200, found) : refuse(404, { code: 'resource_missing' })
    }
    const query = (name: string) => url.searchParams.get(name)
    const [limit, since, after] = [Number(query('limit')), Number(query('created[gte]')), query('starting_after')]
    const rest = of
      .slice(after === null ? 0 : of.findIndex((one) => one.id === after) + 1)
      .filter(({ created = 0, code }) => created >= since && (query('code') ?? code) === code)
    return answer(200, { object: 'list', data: rest.slice(0, limit), has_more: rest.length > limit })
  }
  const stripe = createStripeClient({
    secretKey: 'sk_test_settling',
    mode: 'sandbox',
    timeoutMs: 60_000,
    retriesMax: 0,
    send: async ({ path }, signal) => {
      await meanwhile?.()
      return await send(path)(signal)
    },
  })
  const judge = createVerdict({ database, accounts, stripe })
  let changes = 0
  const end = async (id: string, type: string, more: Omit<Told, 'type'>): Promise<void> => {
    const row = { at: asked, mode: 'sandbox' as const, actor: 'api_key' as const, change_id: id, id: `evt_${id}_end` }
    await database
      .insertInto('events')
      .values({ ...row, type: `${type}.ended`, ...more })
      .execute()
  }

  return {
    database,
    accounts,
    journal,
    stripe,
    objects,
    sent,
    close: () => opened.close(),

    /** As it was when it was opened: the account is connected, the journal is empty and Stripe has nothing. */
    async clear(): Promise<void> {
      objects.length = 0
      sent.length = 0
      refused = undefined
      meanwhile = undefined
      await database.deleteFrom('events').execute()
      await accounts.connect(agencyId, 'acct_1')
    },

    /** Stripe refuses whatever it is asked. */
    refuse: (status: number, error: object = {}) => void (refused = refuse(status, error)),

    /** Happens whenever Stripe is asked, before it answers. */
    whenAsked: (happens: () => Promise<unknown>) => void (meanwhile = happens),

    /** A coupon of Stripe's, made when it was asked for. */
    coupon: (more: Partial<Made> = {}): Made => ({
      ...coupon,
      id: 'MINE',
      name: null,
      created: asked / 1_000,
      ...more,
    }),

    /** A change in the journal, with an end where it has an outcome; returns its id. */
    change: async (
      type: string,
      { at = asked, mode = 'sandbox', outcome = null, ...more }: Told = {},
    ): Promise<string> => {
      changes += 1
      const id = `chg_${changes}`
      const row = { mode, actor: 'api_key' as const, change_id: id }
      const whose = { agency_id: agencyId, account_id: 'acct_1' }
      const start = { ...row, ...whose, id: `evt_${changes}`, at, type: `${type}.started`, ...more }
      await database.insertInto('events').values(start).execute()
      if (outcome !== null) await end(id, type, { at, mode, outcome, object_id: more.object_id ?? null })
      return id
    },

    /** The end of a change that was slow: what was written in between was asked for while it ran. */
    end,

    verdictOn: async (id: string): Promise<Verdict> => {
      const [event] = await findEvents(database, id)
      if (!event) throw new Error(`There is no ${id}.`)
      return await judge(event)
    },
  }
}
