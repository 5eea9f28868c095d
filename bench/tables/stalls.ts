import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Contestant,
  startExpress,
  startFloor,
  startOnPostgres,
  startOnSqlite,
  startStripe,
} from '../contestants/contestants.ts'
import { postgresUrl } from '../contestants/postgres.ts'
import { requestsOf } from '../contestants/requests.ts'
import type { Stalls } from '../contestants/stall-probe.ts'
import type { Benchmark } from '../main.ts'
import { newFolder } from '../process.ts'

/** Longer than the server waits between two seals of its journal. */
const loadSeconds = 12
const probe = new URL('../contestants/stall-probe.ts', import.meta.url).href

/** For how long the event loop stands still under full load. One after the other: nothing is compared in time here. */
export const stalls: Benchmark = async (load, { isQuick, warmUpRequests }) => {
  const stripe = await startStripe()
  const postgres = postgresUrl()
  type Options = Parameters<typeof startFloor>[1]
  const starts: ((options: Options) => Promise<Contestant>)[] = [
    (options) => startFloor(stripe, options),
    (options) => startOnSqlite(stripe, options),
    ...(postgres === undefined ? [] : [(options: Options) => startOnPostgres(postgres, stripe, options)]),
    (options) => startExpress(stripe, options),
  ]
  const figures: ({ name: string } & Stalls)[] = []
  for (const start of starts) {
    const file = join(newFolder(), 'stalls.json')
    const contestant = await start({ nodeOptions: ['--import', probe], environment: { BENCH_STALLS: file } })
    const { urls, pids, tenants } = contestant
    const job = { urls, requests: requestsOf('create', tenants), connections: 32 }
    const toggle = () => pids.forEach((pid) => process.kill(pid, 'SIGUSR2'))
    await load.run({ ...job, until: { requests: warmUpRequests } })
    toggle()
    await load.run({ ...job, until: { seconds: isQuick ? 2 : loadSeconds } })
    toggle()
    while (!existsSync(file)) await sleep(10)
    figures.push({ name: contestant.name, ...(JSON.parse(readFileSync(file, 'utf8')) as Stalls) })
    await contestant.stop()
  }
  await stripe.stop()
  return [
    {
      title: 'How long the event loop stands still under full load of creates',
      columns: ['', 'p50 ms', 'p99 ms', 'longest ms'],
      rows: figures.map(({ name, p50, p99, longest }) => [
        name,
        ...[p50, p99, longest].map((value) => value.toFixed(1)),
      ]),
      figures,
    },
  ]
}
