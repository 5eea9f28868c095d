import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../lib/refusal.ts'

const malformed = 'The body is not valid JSON, or has a key named __proto__ or constructor.prototype.'

/**
 * Reads JSON bodies exactly: what is not UTF-8, or has half of a surrogate pair in a string, cannot be carried to Stripe
 * and back unchanged, so it is refused. `__proto__` and `constructor.prototype` keys are refused by Fastify's parser.
 */
export function acceptJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const { 'content-encoding': coding = 'identity', 'content-type': type = '' } = request.headers
    if (coding !== 'identity' || /charset=(?!"?utf-8)/i.test(type)) {
      return done(
        new Refusal('unsupported_media_type', 'Send the body as plain JSON in UTF-8, neither compressed nor encoded.'),
      )
    }
    if (!isUtf8(body)) return done(new Refusal('invalid_request', 'The body is not valid UTF-8.'))
    const text = body.toString()
    if (/\\ud[89a-f]/i.test(text) && hasLoneSurrogate(text)) {
      return done(
        new Refusal('invalid_request', 'The body has text that is not valid Unicode (half of a surrogate pair).'),
      )
    }
    // Some clients declare JSON on a request that has no body, such as a DELETE; a route that needs one says so.
    if (text === '') return done(null, undefined)
    return parse(request, text, (error, value) =>
      error ? done(new Refusal('invalid_request', malformed)) : done(null, value),
    )
  })
}

function hasLoneSurrogate(json: string): boolean {
  let found = false
  try {
    JSON.parse(json, (key, value: unknown) => {
      if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) found = true
      return value
    })
  } catch {
    // Not JSON, or too deep to walk: the parser and the schema say so in their own words.
  }
  return found
}
