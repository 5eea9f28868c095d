/**
 * What callers do who take no regard of others, from a process of its own. It writes prepared requests to raw sockets, because what
 * it takes of the machine's cores is missing where the server is measured.
 */
import { connect, type Socket } from 'node:net'
import { onMessage, requestText } from '../../bench/load/wire.ts'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { serveCommands } from './serve-commands.ts'
import type { Sent } from './exchange.ts'

/** Requests at a fixed rate a second from ten addresses, whether they are answered or not; `KEY` in a header becomes a new invented key. */
type Requests = { rate: number; sent: Sent }
/** Open connections that say something at first, then `drip` once a second, and read nothing. They come from many addresses. */
type Connections = { connections: number; opening: string; drip?: string }
export type Noise = Requests | Connections

/** Connections, each with one request at a time; more are skipped, or a machine without the power for the rate would only queue. */
const outstandingMax = 64
const tickMs = 5

const stops: (() => unknown)[] = []
let counts: Record<string, number> = {}
const count = (what: string) => (counts[what] = (counts[what] ?? 0) + 1)

function send(port: number, { rate, sent }: Requests): void {
  const { method, path, headers, body } = sent
  const text = requestText(method, path, headers, body?.toString())
  const idle: Socket[] = []
  const sockets = new Set<Socket>()
  let isStopped = false
  const open = (index: number) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (index % 10)}`, noDelay: true })
    sockets.add(socket)
    socket.on('connect', () => idle.push(socket))
    onMessage(socket, (head) => {
      count(head.slice(9, 12))
      idle.push(socket)
    })
    socket.on('error', () => count('broken'))
    socket.on('close', () => {
      sockets.delete(socket)
      if (!isStopped) open(index)
    })
  }
  for (let index = 0; index < outstandingMax; index += 1) open(index)

  const startedAt = performance.now()
  let due = 0
  const timer = setInterval(() => {
    for (const target = ((performance.now() - startedAt) / 1_000) * rate; due < target; due += 1) {
      const socket = idle.shift()
      if (socket?.writable === true) socket.write(text.includes('KEY') ? text.replace('KEY', mintApiKey()) : text)
      else count('skipped')
    }
  }, tickMs)
  stops.push(() => {
    isStopped = true
    clearInterval(timer)
    for (const socket of sockets) socket.destroy()
  })
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
