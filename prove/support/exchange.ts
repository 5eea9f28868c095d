import type { Agent } from 'undici'

export type Sent = {
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Buffer | undefined
}
export type Received = { status: number; headers: Record<string, string>; text: string }

/** Sends a request as it is written: fetch would tidy the path. */
export async function exchange(agent: Agent, origin: string, { method, path, headers, body }: Sent): Promise<Received> {
  const response = await agent.request({ origin, path, method, headers, body: body ?? null })
  const text = await response.body.text()
  const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
  return { status: response.statusCode, headers: Object.fromEntries(pairs), text }
}

/** The request as one line for a shell, with the keys that it carries left out. */
export function asCurl({ method, path, headers, body }: Sent): string {
  const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
  const shown = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${hideKey(value)}`)}`)
  const data = body === undefined ? [] : [`--data-binary ${quote(body.toString().slice(0, 2_000))}`]
  return ['curl --path-as-is', `-X ${method}`, quote(`$URL${hideKey(path)}`), ...shown, ...data].join(' ')
}

const hideKey = (text: string) => text.replace(/CD\.[0-9a-f]{40}/g, '$KEY')
