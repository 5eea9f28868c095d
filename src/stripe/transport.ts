import { Agent, errors } from 'undici'
import type { Send } from './http-client.ts'

/** Sends to one origin over kept-alive connections. The SDK retries an ECONNRESET, so a socket that died is named one. */
export function createTransport(origin: string): { send: Send; close: () => Promise<void> } {
  const agent = new Agent({ allowH2: false, connections: 128, keepAliveTimeout: 30_000, connect: { timeout: 5_000 } })

  const send: Send = async ({ method, path, headers, body }, signal) => {
    try {
      const answer = await agent.request({
        origin,
        path,
        method,
        headers,
        body: body === '' ? null : body,
        signal,
      })
      return {
        status: answer.statusCode,
        headers: joined(answer.headers),
        body: await answer.body.text(),
      }
    } catch (error) {
      if (error instanceof errors.SocketError) throw Object.assign(new Error(error.message), { code: 'ECONNRESET' })
      throw error
    }
  }

  return { send, close: () => agent.close() }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const name in headers) flat[name] = String(headers[name])
  return flat
}
