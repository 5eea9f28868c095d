import { connect, type Socket } from 'node:net'
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
import { onMessage } from '../load/wire.ts'
import type { Benchmark } from '../main.ts'
import { whole } from '../report.ts'
import { memoryUsed } from '../usage.ts'

const restMs = 1_000

/** Resident memory of a process that has just started, with open connections that have each read a coupon, and after a full load of creates. */
export const memory: Benchmark = async (load, { isQuick, warmUpRequests }) => {
  const stripe = await startStripe()
  const postgres = postgresUrl()
  const connections = isQuick ? 100 : 1_000
  const figures: { name: string; idle: number; connected: number; loaded: number }[] = []
  const contestants: (() => Promise<Contestant>)[] = [
    () => startFloor(stripe),
    () => startOnSqlite(stripe),
    ...(postgres === undefined ? [] : [() => startOnPostgres(postgres, stripe)]),
    () => startExpress(stripe),
  ]
  for (const start of contestants) {
    const contestant = await start()
    const used = async () => {
      await sleep(restMs)
      return memoryUsed(contestant.pids[0] ?? 0)
    }
    const idle = await used()
    const sockets: Socket[] = []
    for (let count = 0; count < connections; count += 1) sockets.push(await openConnection(contestant))
    const connected = await used()
    for (const socket of sockets) socket.destroy()
    const job = { urls: contestant.urls, requests: requestsOf('create', contestant.tenants) }
    await load.run({ ...job, connections: 32, until: { requests: warmUpRequests } })
    figures.push({ name: contestant.name, idle, connected, loaded: await used() })
    await contestant.stop()
  }
  await stripe.stop()
  return [
    {
      title: 'Resident memory of the process, MB',
      columns: ['', 'idle', `${whole(connections)} open connections`, `after ${whole(warmUpRequests)} creates`],
      rows: figures.map(({ name, idle, connected, loaded }) => [name, ...[idle, connected, loaded].map(whole)]),
      figures,
    },
  ]
}

/** Opens a connection and reads one coupon over it. */
async function openConnection({ urls, tenants }: Contestant): Promise<Socket> {
  const { hostname, port } = new URL(urls[0] ?? '')
  const socket = connect({ host: hostname, port: Number(port) })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    onMessage(socket, (head) => (head[9] === '2' ? resolve() : reject(new Error(head))))
    socket.write(requestsOf('retrieve', tenants)[0] ?? '')
  })
  return socket
}
