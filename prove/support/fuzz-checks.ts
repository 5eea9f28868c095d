import { Ajv } from 'ajv'
import { hideSecrets } from '../../src/lib/secrets.ts'
import { checkAnswer, document } from '../../test/support/document.ts'
import type { Received } from './exchange.ts'

const ajv = new Ajv({ strict: false })
ajv.addSchema(document, 'document')
const isError = ajv.compile({ $ref: 'document#/components/schemas/Error' })

/** What every answer must be, whatever was asked: the broken rule, or undefined. */
export function brokenRule(method: string, received: Received, sent: string): string | undefined {
  const { status, headers, text } = received
  if (status >= 500) return `answered ${status}: ${text.slice(0, 300)}`
  // A caller's own text may come back to it; a key may not, where it was sent as one. The answer that made a key shows it.
  const shown = (status === 201 ? text.replace(/"secret":"[^"]+"/, '') : text) + JSON.stringify(headers)
  if (
    hideSecrets(shown) !== shown &&
    !sent.includes(/(?:sk|rk)_(?:live|test)_\w+|CD\.[0-9a-f]{40}/.exec(shown)?.[0] ?? '')
  ) {
    return `shows a secret: ${text.slice(0, 300)}`
  }
  if (status >= 400 && /\n\s+at |node_modules|\/src\/|SQLITE|Error:/.test(text))
    return `shows its inside: ${text.slice(0, 300)}`
  if (method === 'HEAD' || status === 304) return undefined
  if (status >= 400 && !isError(JSON.parse(text))) return `is not the error body: ${text.slice(0, 300)}`
  return undefined
}

/** Holds an answer to the document: its status, its body and its headers. */
export function documentViolation(
  method: string,
  path: string,
  { status, headers, text }: Received,
): string | undefined {
  if (!path.startsWith('/v1/public/') || method === 'HEAD') return undefined
  const isCsv = headers['content-type'] === 'text/csv; charset=utf-8'
  try {
    const body: Record<string, unknown> = isCsv ? { text } : JSON.parse(text === '' ? '{}' : text)
    checkAnswer(method, path, { status, headers: new Headers(headers), body })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 600) : String(error)
  }
}
