/** Fills the tables of the server with rows as it writes them itself, by plain SQL, because millions take hours any other way. */

/** Runs one statement; its rows. */
export type Execute = (statement: string) => Promise<Record<string, unknown>[]>
/** What the two databases say differently. */
export type Dialect = {
  /** A table expression `n` whose one column `i` counts from 1. */
  count: (upTo: number) => string
  hex: (number: string) => string
  /** The indexes of `events`, with their SQL. */
  indexes: string
}
export type Size = { keys: number; accounts: number; events: number }

export const sqliteRows: Dialect = {
  count: (upTo) =>
    `(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${upTo}) select i from n) n`,
  hex: (number) => `printf('%024x', ${number})`,
  indexes: `select name, sql from sqlite_master where type = 'index' and tbl_name = 'events' and sql is not null`,
}
export const postgresRows: Dialect = {
  count: (upTo) => `generate_series(1, ${upTo}::bigint) as n(i)`,
  hex: (number) => `lpad(to_hex(${number}), 24, '0')`,
  indexes: `select indexname as name, indexdef as sql from pg_indexes
    where schemaname = current_schema() and tablename = 'events' and indexname not like '%_pkey'`,
}

const dayMs = 86_400_000
const days = 300

/**
 * Adds so many keys, accounts and events. A tenth of the changes is of the agency of `busyAccountId`, the rest of all in turn; all have
 * ended, and all are sealed.
 */
export async function addRows(
  execute: Execute,
  { count, hex, indexes }: Dialect,
  size: Size,
  busyAccountId: string,
): Promise<void> {
  // Odd, so that each number below 2^32 is hit once: ids come in no order, as random ones do.
  const id = (prefix: string, number: string) => `'${prefix}_' || ${hex(`(${number}) * 2654435761 % 4294967296`)}`
  const now = Date.now()
  if (size.accounts > 0) {
    await execute(
      `insert into agencies (id, name, created_at) select ${id('ag', 'i')}, 'Agency', ${now} from ${count(size.accounts)}`,
    )
    await execute(`insert into accounts (mode, id, agency_id, connected_at)
      select 'test', ${id('acct', 'i')}, ${id('ag', 'i')}, ${now} from ${count(size.accounts)}`)
    await execute(`insert into api_keys (id, agency_id, name, hash, hint, created_at)
      select ${id('key', 'i')}, ${id('ag', `1 + i % ${size.accounts}`)}, 'bench', ${id('', 'i')}, 'abcd', ${now} from ${count(size.keys)}`)
  }

  const found = await execute(indexes)
  for (const { name } of found) await execute(`drop index ${String(name)}`)
  const isStart = 'i % 2 = 1'
  const change = '(i + 1) / 2'
  const isBusy = `${change} % 10 = 0`
  const agency = id('ag', `1 + ${change} % ${Math.max(size.accounts, 1)}`)
  const account = id('acct', `1 + ${change} % ${Math.max(size.accounts, 1)}`)
  const busyAgency = `(select agency_id from accounts where id = '${busyAccountId}')`
  const ofStart = (value: string) => `case when ${isStart} then ${value} end`
  await execute(`insert into events (id, at, mode, actor, type, change_id, agency_id, account_id, key_id, request_id, idempotency_key,
      key_source, terms, object_id, outcome, stripe_request_id)
    select ${id('evt', 'i')}, ${now - (days + 1) * dayMs} + i * ${days * dayMs} / ${size.events}, 'test', 'api_key',
      case when ${isStart} then 'coupon.create.started' else 'coupon.create.ended' end, ${id('chg', change)},
      ${ofStart(`case when ${isBusy} then ${busyAgency} else ${agency} end`)},
      ${ofStart(`case when ${isBusy} then '${busyAccountId}' else ${account} end`)},
      ${ofStart(id('key', change))}, ${ofStart(id('req', change))}, ${ofStart(id('order', change))},
      ${ofStart(`'caller'`)}, ${ofStart(`'{"name":"Summer Sale","percent_off":25,"duration":"once"}'`)},
      case when ${isStart} then null else ${id('cpn', change)} end, case when ${isStart} then null else 'applied' end,
      case when ${isStart} then null else ${id('req', change)} end
    from ${count(size.events)}`)
  for (const { sql } of found) await execute(String(sql))
  await execute(`insert into seals (number, at, last_seq, count, events_hash, digests, hash)
    select 1, ${now}, max(seq), count(*), '', '', '' from events`)
}
