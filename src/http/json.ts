import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { visit } from 'jsonc-parser'
import { Refusal } from '../lib/refusal.ts'

/**
 * Reads JSON bodies exactly: what is not UTF-8, or has half of a surrogate pair in a string, cannot be carried to Stripe
 * and back unchanged, so it is refused. `__proto__` and `constructor.prototype` keys are refused by Fastify's parser.
 */
export function acceptJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const { 'content-encoding': coding = 'identity', 'content-type': type = '' } = request.headers
    if (coding !== 'identity' || /charset=(?!"?utf-?8"?\s*(;|$))/i.test(type)) {
      return done(
        new Refusal('unsupported_media_type', 'Send the body as plain JSON in UTF-8, neither compressed nor encoded.'),
      )
    }
    if (!isUtf8(body)) return done(new Refusal('invalid_request', 'The body is not valid UTF-8.'))
    // RFC 8259, section 8.1: a byte order mark, which some clients write, is not part of the text.
    const text = body.toString().replace(/^\uFEFF/, '')
    // Some clients declare JSON on a request that has no body, such as a DELETE; a route that needs one says so.
    if (text === '') return done(null, undefined)
    return parse(request, text, (error, value) => {
      if (error) return done(new Refusal('invalid_request', malformed(text)))
      if (hasLoneSurrogate(text)) {
        const message = 'The body has text that is not valid Unicode (half of a surrogate pair).'
        return done(new Refusal('invalid_request', message))
      }
      return done(null, value)
    })
  })
}

/** The sentence that says where a text stops being JSON (RFC 8259); JSON.parse does not always name the position. */
function malformed(text: string): string {
  try {
    JSON.parse(text)
    return 'The body has a key named __proto__ or constructor.prototype, which is not accepted.'
  } catch {
    const position = firstError(text)
    return position
      ? `The body is not valid JSON: see line ${position.line}, column ${position.column}.`
      : 'The body is not valid JSON.'
  }
}

/** In characters. Nobody writes a longer body by hand, and hostile nesting takes long to walk. */
const walkedMax = 64 * 1024

/** The line and column, from 1, of the first error; undefined where the text is too long or nested too deeply to be walked. */
function firstError(text: string): { line: number; column: number } | undefined {
  if (text.length > walkedMax) return undefined
  let found: { line: number; column: number } | undefined
  try {
    visit(
      text,
      {
        onError: (_error, _offset, _length, line, column) => {
          found ??= { line: line + 1, column: column + 1 }
        },
      },
      { disallowComments: true },
    )
  } catch {
    return undefined
  }
  return found
}

/**
 * Whether a string or a key of valid JSON, decoded from valid UTF-8, has half of a surrogate pair, which only an escape can spell.
 * Takes one pass over the escapes: a reviver of JSON.parse would cost a call for each value of a hostile body.
 */
function hasLoneSurrogate(json: string): boolean {
  let at = json.indexOf('\\')
  while (at !== -1) {
    const isHigh = isEscapeOf(highSurrogate, json, at)
    if (isEscapeOf(lowSurrogate, json, isHigh ? at + escapeLength : at) !== isHigh) return true
    // The second character of an escape is skipped with it, since it may be a backslash.
    at = json.indexOf('\\', at + (isHigh ? 2 * escapeLength : 2))
  }
  return false
}

/** Of `\uXXXX`. */
const escapeLength = 6
const highSurrogate = /\\ud[89ab]/iy
const lowSurrogate = /\\ud[c-f]/iy

function isEscapeOf(surrogate: RegExp, json: string, at: number): boolean {
  surrogate.lastIndex = at
  return surrogate.test(json)
}
