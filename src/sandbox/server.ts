import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { nodeHttp } from '../lib/node-http.ts'
import type { WireResponse } from '../lib/wire.ts'
import { within } from '../lib/within.ts'
import { TransportFault } from './faults.ts'
import { drip, half, isDripping } from './fetch.ts'
import { bodyLengthMax } from './protocol/form.ts'
import { openSandbox, type Sandbox } from './sandbox.ts'

/** Reads a body. Of one beyond `bodyLengthMax` only enough is kept to be refused; the rest is read and discarded. */
function readBody(request: IncomingMessage, done: (body: string) => void): void {
  const { 'content-length': announced, 'transfer-encoding': coding } = request.headers
  if (announced === undefined && coding === undefined) {
    done('')
    return
  }
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    if (length <= bodyLengthMax) chunks.push(chunk)
    length += chunk.length
  })
  request.on('end', () => {
    const [first] = chunks
    const bytes = chunks.length > 1 ? Buffer.concat(chunks) : first
    // A lone surrogate makes the form parser refuse the body, where decoding would replace invalid bytes silently.
    done(bytes === undefined ? '' : isUtf8(bytes) ? bytes.toString() : '\ud800')
  })
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name in request.headers) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  return headers
}

function write(response: ServerResponse, given: WireResponse): void {
  const { headers } = given
  headers['content-length'] = String(Buffer.byteLength(given.body))
  response.writeHead(given.status, headers)
  if (!isDripping(given)) {
    response.end(given.body)
    return
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.flushHeaders()
  void pipeline(drip(given, gone.signal), response).catch(() => response.destroy())
}

/** Breaks the connection as the fault asks: at once, or after half of the body. */
function breakConnection(response: ServerResponse, error: unknown): void {
  const part = error instanceof TransportFault ? error.part : undefined
  if (part === undefined) {
    response.socket?.resetAndDestroy()
    return
  }
  response.writeHead(part.status, { ...part.headers, 'content-length': Buffer.byteLength(part.body) })
  response.write(half(part), () => response.socket?.destroy())
}

function answer(sandbox: Sandbox, request: IncomingMessage, body: string, response: ServerResponse): void {
  const { method = 'GET', url: path = '/' } = request
  sandbox.send({ method, path, headers: headersOf(request), body }).then(
    (given) => write(response, given),
    (error: unknown) => breakConnection(response, error),
  )
}

export type SandboxServer = {
  url: string
  /** Stops accepting, sends the answers of running requests within `drainMs`, closes all connections, then the file. */
  close(): Promise<void>
}

/** Serves a sandbox on a port for any Stripe SDK; port 0 takes a free one. */
export async function serveSandbox(options: {
  file: string
  host: string
  port: number
  /** See `SandboxOptions`. */
  apiVersion?: string | undefined
  /** Milliseconds that `close` waits for running requests. */
  drainMs?: number
}): Promise<SandboxServer> {
  const { file, apiVersion } = options
  const sandbox = openSandbox({ file, ...(apiVersion !== undefined && { apiVersion }) })
  let running = 0
  let onIdle: (() => void) | undefined
  const server = nodeHttp.createServer((request, response) => {
    readBody(request, (body) => {
      running++
      response.once('close', () => {
        running--
        if (running === 0) onIdle?.()
      })
      // Once the server closes, a busy keep-alive connection must not delay its end with further requests.
      if (!server.listening) response.shouldKeepAlive = false
      answer(sandbox, request, body, response)
    })
  })
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(options.port, options.host, () => resolve())
  try {
    await listening
  } catch (error) {
    sandbox.close()
    throw error
  }
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : options.port
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${port}`,
    async close() {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      const idle = Promise.withResolvers<void>()
      onIdle = idle.resolve
      if (running > 0) await within(options.drainMs ?? 10_000, idle.promise)
      server.closeAllConnections()
      await closed.promise
      sandbox.close()
    },
  }
}
