import { setTimeout as sleep } from 'node:timers/promises'
import type { WireRequest, WireResponse } from '../lib/wire.ts'
import { TransportFault } from './faults.ts'

/** Yields a body in ten pieces, waiting before each as its `drip` fault asks, until `signal` aborts. */
export async function* drip(response: WireResponse, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const ms = Number(/^drip;ms=(\d+)/.exec(response.headers['sandbox-fault'] ?? '')?.[1] ?? 0)
  const bytes = Buffer.from(response.body)
  const size = Math.ceil(bytes.length / 10)
  for (let at = 0; at < bytes.length; at += size) {
    await sleep(ms, undefined, signal && { signal })
    yield bytes.subarray(at, at + size)
  }
}

/** The first half of a body, which arrives before the connection breaks. */
export function half(response: WireResponse): Uint8Array {
  const bytes = Buffer.from(response.body)
  return bytes.subarray(0, Math.ceil(bytes.length / 2))
}

export function isDripping(response: WireResponse): boolean {
  return response.headers['sandbox-fault']?.startsWith('drip') === true
}

async function* cut(part: WireResponse, error: Error): AsyncGenerator<Uint8Array> {
  yield half(part)
  throw error
}

/** Wraps `send` as a fetch function, transport faults included. */
export function fetchOver(
  send: (request: WireRequest) => Promise<WireResponse>,
): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    const body = await request.text()
    const headers = Object.fromEntries(request.headers)
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const abort = (): void => reject(request.signal.reason)
    request.signal.addEventListener('abort', abort, { once: true })
    if (request.signal.aborted) abort()
    try {
      const sent = send({ method: request.method, path: url.pathname + url.search, headers, body })
      const response = await Promise.race([sent, aborted])
      const { status } = response
      const content = isDripping(response) ? ReadableStream.from(drip(response)) : response.body
      if (request.method === 'HEAD') return new Response(null, { status, headers: response.headers })
      return new Response(content, { status, headers: response.headers })
    } catch (error) {
      if (!(error instanceof TransportFault) || error.part === undefined) throw error
      const { status, headers: answered } = error.part
      return new Response(ReadableStream.from(cut(error.part, error)), { status, headers: answered })
    } finally {
      request.signal.removeEventListener('abort', abort)
    }
  }
}
