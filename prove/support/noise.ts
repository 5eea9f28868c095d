/** What callers do who take no regard of others, from a process of its own. */
import { connect, type Socket } from 'node:net'
import { Agent } from 'undici'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { serveCommands } from './serve-commands.ts'
import type { Sent } from './exchange.ts'

/** Requests at a fixed rate a second from ten addresses, whether they are answered or not; `KEY` in a header becomes a new invented key. */
type Requests = { rate: number; sent: Sent }
/** Open connections that say something at first, then `drip` once a second, and read nothing. They come from many addresses. */
type Connections = { connections: number; opening: string; drip?: string }
export type Noise = Requests | Connections

/** Requests that wait for an answer at once; more are skipped, or a machine without the power for the rate would only queue. */
const outstandingMax = 64
const tickMs = 10

const stops: (() => unknown)[] = []
let counts: Record<string, number> = {}
const count = (what: string) => (counts[what] = (counts[what] ?? 0) + 1)

function send(port: number, { rate, sent }: Requests): void {
  const agents = Array.from(
    { length: 10 },
    (_, index) => new Agent({ connections: 10, localAddress: `127.0.0.${index + 2}` }),
  )
  const startedAt = performance.now()
  let begun = 0
  let outstanding = 0
  const request = async () => {
    outstanding += 1
    try {
      const headers = Object.entries(sent.headers).map(([name, value]) => [
        name,
        value === 'KEY' ? mintApiKey() : value,
      ])
      const { method, path, body = null } = sent
      const options = { origin: `http://127.0.0.1:${port}`, method, path, body, headers: Object.fromEntries(headers) }
      const answer = await agents[begun % agents.length]?.request(options)
      await answer?.body.dump()
      count(String(answer?.statusCode))
    } catch {
      count('broken')
    }
    outstanding -= 1
  }
  const timer = setInterval(() => {
    for (const due = ((performance.now() - startedAt) / 1_000) * rate; begun < due; begun += 1) {
      if (outstanding < outstandingMax) void request()
      else count('skipped')
    }
  }, tickMs)
  stops.push(() => clearInterval(timer), ...agents.map((agent) => () => agent.destroy()))
}

function hold(port: number, { connections, opening, drip }: Connections): void {
  const sockets = new Set<Socket>()
  let isStopped = false
  const open = (index: number) => {
    // So few an address that the limits of one address are not what is measured.
    const localAddress = `127.0.${1 + (Math.floor(index / 40) % 250)}.1`
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    sockets.add(socket)
    socket.on('connect', () => {
      count('connected')
      if (opening !== '') socket.write(opening)
      // With this listener a socket takes its first 64 KB and waits.
      socket.on('readable', () => {})
    })
    socket.on('error', () => count('refused'))
    socket.on('close', () => {
      count('closed')
      sockets.delete(socket)
      if (!isStopped) setTimeout(open, 1_000, index).unref()
    })
  }
  let opened = 0
  // Spread over half a second, as a machine under attack gets them, and not in one turn of the event loop.
  const opener = setInterval(() => {
    for (let due = Math.ceil(connections / 25); due > 0 && opened < connections; due -= 1) open(opened++)
  }, 20)
  const dripper = setInterval(() => {
    if (drip !== undefined) for (const socket of sockets) if (socket.writable) socket.write(drip)
  }, 1_000)
  stops.push(() => {
    isStopped = true
    clearInterval(opener)
    clearInterval(dripper)
    for (const socket of sockets) socket.destroy()
  })
}

const commands = {
  open: () => {},
  start: (port: number, noise: Noise) => ('rate' in noise ? send(port, noise) : hold(port, noise)),
  /** Ends the noise, and returns how it was answered. */
  async stop() {
    await Promise.all(stops.splice(0).map((stop) => stop()))
    const seen = counts
    counts = {}
    return seen
  },
  close: () => {},
}
export type NoiseCommands = typeof commands
serveCommands(commands)
