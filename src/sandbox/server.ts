import { isUtf8 } from 'node:buffer'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { WireRequest, WireResponse } from '../lib/wire.ts'
import { TransportFault } from './faults.ts'
import { drip, half, isDripping } from './fetch.ts'
import { bodyLengthMax, openSandbox, type Sandbox } from './sandbox.ts'

/** Reads a body, of a longer one than is taken just enough to be refused: the rest is read and dropped. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes: Buffer = chunk
    if (length <= bodyLengthMax) chunks.push(bytes)
    length += bytes.length
  }
  const [first = Buffer.alloc(0)] = chunks
  const bytes = chunks.length > 1 ? Buffer.concat(chunks) : first
  // What is not UTF-8 becomes a text that is refused as such, rather than being mended into another value.
  return isUtf8(bytes) ? bytes.toString() : '\ud800'
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name in request.headers) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  return headers
}

async function write(response: ServerResponse, given: WireResponse): Promise<void> {
  response.writeHead(given.status, { ...given.headers, 'content-length': Buffer.byteLength(given.body) })
  if (!isDripping(given)) {
    response.end(given.body)
    return
  }
  for await (const piece of drip(given)) response.write(piece)
  response.end()
}

/** Breaks the connection as the fault asks: at once, or after half of the body. */
function breakOff(response: ServerResponse, error: unknown): void {
  const part = error instanceof TransportFault ? error.part : undefined
  if (part === undefined) {
    response.socket?.resetAndDestroy()
    return
  }
  response.writeHead(part.status, { ...part.headers, 'content-length': Buffer.byteLength(part.body) })
  response.write(half(part), () => response.socket?.destroy())
}

async function answer(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { method = 'GET', url: path = '/' } = request
    const wire: WireRequest = { method, path, headers: headersOf(request), body: await bodyOf(request) }
    await write(response, await sandbox.send(wire))
  } catch (error) {
    breakOff(response, error)
  }
}

export type SandboxServer = {
  url: string
  /** Takes no more, finishes what is in flight, then closes the file. */
  close(): Promise<void>
}

/** The sandbox behind a port, to which any Stripe SDK can be pointed; port 0 takes a free one. */
export async function serveSandbox(options: { file: string; host: string; port: number }): Promise<SandboxServer> {
  const sandbox = openSandbox({ file: options.file })
  const server = createServer((request, response) => void answer(sandbox, request, response))
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
      server.closeIdleConnections()
      await closed.promise
      sandbox.close()
    },
  }
}
