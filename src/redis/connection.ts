import { createClient } from '@redis/client'
import type { Logger } from '../http/log.ts'
import { within } from '../lib/within.ts'

type Options = {
  url: string
  log: Logger
  /** Lua, loaded on every connection. */
  scripts: readonly string[]
  /** A command that must succeed before a connection is used: a Redis that only reads is of no use. */
  probe: readonly string[]
  /** Longer than this no request waits, in milliseconds; then nothing is asked for `retryMs`. */
  answerMs?: number
  retryMs?: number
}

export type RedisState = { isUp: boolean }

export type Redis = {
  /** The answer to a command, or undefined where Redis is down, refuses it or takes too long. */
  ask(...command: string[]): Promise<unknown>
  /** Sends a command whose answer does not matter; does nothing while Redis is down. */
  tell(...command: string[]): void
  state(): RedisState
  close(): Promise<void>
}

const connectMs = 1_000
const closeMs = 500

/**
 * A connection to Redis that nobody has to wait for: the first command that fails or is late gives it up, and another is tried every
 * second beside the requests. The log gets one line when Redis is lost and one when it is back. Resolves after the first try, whatever
 * came of it.
 */
export async function openRedis(options: Options): Promise<Redis> {
  const { url, log, scripts, probe, answerMs = 100, retryMs = 1_000 } = options
  let current: { client: Client; lose: (error: unknown) => void } | undefined
  let isDown = false
  let isClosed = false
  let retry: NodeJS.Timeout | undefined

  const connect = async () => {
    const client = newClient(url)
    let isLost = false
    const lose = (error: unknown) => {
      if (isLost) return
      isLost = true
      current = undefined
      client.destroy()
      if (isClosed) return
      retry = setTimeout(() => void connect(), retryMs)
      if (isDown) return
      isDown = true
      // Not the error itself, which may hold the options of the connection.
      log.warn({ reason: reasonOf(error) }, 'Redis is lost: each process keeps its own limits until it is back')
    }
    client.on('error', lose)
    try {
      await inTime(connectMs, client.connect())
      for (const script of scripts) await inTime(answerMs, client.scriptLoad(script))
      await inTime(answerMs, client.sendCommand([...probe]))
    } catch (error) {
      lose(error)
    }
    if (isLost) return
    if (isClosed) return lose(undefined)
    current = { client, lose }
    // At the level of the line that it ends.
    if (isDown) log.warn('Redis is back: the limits hold over all processes')
    isDown = false
  }
  await connect()

  return {
    async ask(...command) {
      const connection = current
      try {
        if (connection) return await inTime(answerMs, connection.client.sendCommand(command))
      } catch (error) {
        connection?.lose(error)
      }
      return undefined
    },

    tell(...command) {
      const connection = current
      connection?.client.sendCommand(command).catch(connection.lose)
    },

    state: () => ({ isUp: current !== undefined }),

    async close() {
      isClosed = true
      clearTimeout(retry)
      const connection = current
      if (!connection) return
      await within(closeMs, connection.client.close()).catch(() => false)
      connection.lose(undefined)
    },
  }
}

type Client = ReturnType<typeof newClient>

/** A client that neither queues commands while it is not connected nor connects again by itself. */
export function newClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    // The library's own time limit would cost an AbortSignal for each command.
    commandOptions: { timeout: 0 },
    socket: { connectTimeout: connectMs, reconnectStrategy: false },
  })
}

/** @throws Error where the answer takes longer */
export async function inTime<T>(ms: number, answer: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  // After a stall of this process the answer may have come without having been read, which one turn of the event loop does.
  const timer = setTimeout(() => setImmediate(() => reject(new Error(`no answer within ${ms} ms`))), ms)
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message || error.name : String(error)
}
