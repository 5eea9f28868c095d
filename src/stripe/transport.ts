import type { Readable } from 'node:stream'
import { Agent, errors } from 'undici'
import type { Send } from './http-client.ts'

/** Sends to one origin over kept-alive connections. A dead socket is reported as ECONNRESET, which the SDK retries. */
export function createTransport(origin: string): { send: Send; close: () => Promise<void> } {
  const agent = new Agent({ allowH2: false, connections: 128, keepAliveTimeout: 30_000, connect: { timeout: 5_000 } })

  const send: Send = async ({ method, path, headers, body }, signal, bytesMax) => {
    try {
      const answer = await agent.request({
        origin,
        path,
        method,
        headers,
        body,
        signal,
      })
      return {
        status: answer.statusCode,
        headers: joined(answer.headers),
        body: await readText(answer.body, bytesMax),
      }
    } catch (error) {
      if (error instanceof errors.SocketError) throw Object.assign(new Error(error.message), { code: 'ECONNRESET' })
      throw error
    }
  }

  return { send, close: () => agent.close() }
}

/** Reads a body of at most so many bytes; a longer one is an error, and its connection is closed. */
async function readText(body: Readable, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    // Leaving the loop destroys the body, and with it the connection.
    if (bytes > bytesMax) throw new Error(`The answer is larger than ${bytesMax} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes).toString()
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const name in headers) flat[name] = String(headers[name])
  return flat
}
