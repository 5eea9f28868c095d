import { type Dispatcher, errors, Pool } from 'undici'
import type { WireResponse } from '../lib/wire.ts'
import type { Send } from './http-client.ts'
import { AnswerTooLarge } from './too-large.ts'

/** Sockets to Stripe. `CallQueue` lets no more calls go, because undici's own queue is fair to nobody. */
export const socketsMax = 128

/** Sends to one origin over kept-alive connections. A dead socket is reported as ECONNRESET, which the SDK retries. */
export function createTransport(origin: string): { send: Send; close: () => Promise<void> } {
  const pool = new Pool(origin, {
    allowH2: false,
    connections: socketsMax,
    keepAliveTimeout: 30_000,
    connect: { timeout: 5_000 },
  })

  const send: Send = ({ method, path, headers, body }, signal, bytesMax) =>
    new Promise((resolve, reject) => {
      // Not `pool.request`, whose body is a stream: an answer is read whole, and needs none.
      pool.dispatch({ path, method, headers, body }, readAnswer({ signal, bytesMax, resolve, reject }))
    })

  return { send, close: () => pool.close() }
}

type Reading = {
  signal: AbortSignal
  bytesMax: number
  resolve: (answer: WireResponse) => void
  reject: (error: Error) => void
}

/** Reads an answer with a body of at most so many bytes; a longer one is an error, and its connection is closed. */
function readAnswer({ signal, bytesMax, resolve, reject }: Reading): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let bytes = 0
  let head: Pick<WireResponse, 'status' | 'headers'> | undefined
  return {
    onRequestStart(controller) {
      const giveUp = () => controller.abort(signal.reason)
      if (signal.aborted) giveUp()
      else signal.addEventListener('abort', giveUp, { once: true })
    },
    onResponseStart(_, status, headers) {
      head = { status, headers: joined(headers) }
    },
    onResponseData(controller, chunk) {
      bytes += chunk.length
      if (bytes > bytesMax) controller.abort(new AnswerTooLarge(`The answer is larger than ${bytesMax} bytes.`))
      else chunks.push(chunk)
    },
    onResponseEnd() {
      if (head) resolve({ ...head, body: Buffer.concat(chunks, bytes).toString() })
    },
    onResponseError(_, error) {
      const isDead = error instanceof errors.SocketError
      reject(isDead ? Object.assign(new Error(error.message), { code: 'ECONNRESET' }) : error)
    },
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const name in headers) flat[name] = String(headers[name])
  return flat
}
