import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import negotiator from '@fastify/accept-negotiator'
import type { FastifyReply, FastifyRequest } from 'fastify'

type Body = { bytes: Buffer; etag: string }
type Encoding = 'br' | 'gzip' | 'identity'

/**
 * A handler that answers with a content which stays the same while the process runs. It is made and compressed on the first
 * request; all readers share its bytes, so that many slow ones cost no more memory than one. Answers to `If-None-Match` after
 * RFC 9110, section 13.1.2.
 */
export function staticAnswer(make: () => string | Promise<string | Buffer>, headers: Record<string, string>) {
  let encoding: ReturnType<typeof encode> | undefined
  const bodies = async () => {
    encoding ??= Promise.resolve()
      .then(make)
      .then(encode)
      .catch((error: unknown) => {
        encoding = undefined
        throw error
      })
    return await encoding
  }

  return async (request: FastifyRequest, reply: FastifyReply) => {
    const chosen = encodingFor(request)
    const { bytes, etag } = (await bodies())[chosen]
    void reply.headers({ ...headers, etag, vary: 'accept-encoding' })
    if (isKnown(etag, request.headers['if-none-match'])) return await reply.code(304).send()
    if (chosen !== 'identity') void reply.header('content-encoding', chosen)
    return await reply.send(bytes)
  }
}

async function encode(content: string | Buffer): Promise<Record<Encoding, Body>> {
  const plain = typeof content === 'string' ? Buffer.from(content) : content
  // A strong ETag names exact bytes, so each encoding has its own.
  const digest = createHash('sha256').update(plain).digest('base64url')
  const body = (bytes: Buffer, encoding: Encoding): Body => ({ bytes, etag: `"${digest}-${encoding}"` })
  // The highest quality takes seconds over megabytes, for a few percent.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length }
  const [br, zipped] = await Promise.all([promisify(brotliCompress)(plain, { params }), promisify(gzip)(plain)])
  return { br: body(br, 'br'), gzip: body(zipped, 'gzip'), identity: body(plain, 'identity') }
}

const supported: Encoding[] = ['br', 'gzip', 'identity']

function encodingFor({ headers }: FastifyRequest): Encoding {
  const chosen = negotiator.negotiate(headers['accept-encoding'] ?? '', supported)
  return supported.find((encoding) => encoding === chosen) ?? 'identity'
}

/** Whether the caller has these bytes already. `If-None-Match` compares weakly: proxies mark ETags as weak. */
function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  const known = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return known?.some((tag) => tag === etag || tag === '*') === true
}
