import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Draw } from './draw.ts'
import type { Received } from './exchange.ts'

/** Bytes that are a request, or that were one before something happened to them. */
export function bytesFrom(coupons: string, key: string, draw: Draw): Buffer {
  const body = '{"data":{"percent_off":10}}'
  const headers = [
    'Host: x',
    `Authorization: ${key}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    ...draw.pick([
      [],
      ['Connection: close'],
      ['Connection: keep-alive, close'],
      ['Connection: upgrade', 'Upgrade: h2c'],
    ]),
  ]
  const extra = draw.pick([
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 1e3',
    'Content-Length: 99999999999999999999',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding:\tx',
    'Expect: 100-continue',
    'Expect: x',
    'Host: y',
    'Te: trailers',
    'X: a\r\n b',
    ': x',
    'X y: z',
    'X\u0000: y',
    `X: ${'y'.repeat(20_000)}`,
    'Trailer: authorization',
    `X: ${draw.text()}`,
  ])
  if (draw.chance(0.7)) headers.splice(draw.int(headers.length), draw.int(2), extra)
  const target = draw.chance(0.8)
    ? coupons
    : draw.pick(['*', 'http://x/healthz', '/%zz', '/ x', '/\u00ff', '', 'x:443', `/${'y'.repeat(20_000)}`, draw.text()])
  const line = draw.chance(0.85)
    ? `POST ${target} HTTP/1.1`
    : draw.pick([
        `post ${target} HTTP/1.1`,
        `CONNECT x:443 HTTP/1.1`,
        `POST ${target}`,
        `POST ${target} HTTP/1.0`,
        `POST ${target} HTTP/2.0`,
        `PRI * HTTP/2.0`,
        `FOO ${target} HTTP/1.1`,
        `POST  ${target} HTTP/1.1`,
        `\r\nPOST ${target} HTTP/1.1`,
        `\x16\x03\x01\x02\x00\x01`,
      ])
  const end = draw.pick(['\r\n', '\r\n', '\r\n', '\n', '\r'])
  const chunks = draw.pick([
    body,
    body,
    body,
    `1b\r\n${body}\r\n0\r\n\r\n`,
    `xyz\r\n${body}`,
    '',
    body.slice(0, 9),
    body + body,
  ])
  const bytes = Buffer.from([line, ...headers, '', ''].join(end) + chunks, 'latin1')
  if (draw.chance(0.7)) return bytes
  const at = draw.int(bytes.length)
  return draw.pick([
    bytes.subarray(0, at),
    Buffer.concat([bytes.subarray(0, at), Buffer.from([draw.int(256), draw.int(256)]), bytes.subarray(at)]),
    Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
    Buffer.concat([bytes, bytes]),
    Buffer.concat([bytes, Buffer.from('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')]),
  ])
}

/** Writes the bytes on a connection of their own, says that no more will come, and reads all answers until it is closed. */
export async function exchangeBytes(port: number, bytes: Buffer): Promise<Received[]> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  // The server may close the connection on what it has seen so far, while the rest is on its way.
  const read = buffer(socket).catch(() => Buffer.alloc(0))
  socket.end(bytes)
  const answers = readAnswers((await read).toString('latin1'))
  socket.destroy()
  return answers
}

/** Splits what a server has sent into its answers (RFC 9112); interim ones are left out. */
function readAnswers(said: string): Received[] {
  const answers: Received[] = []
  for (let rest = said; rest !== '';) {
    const headEnd = rest.indexOf('\r\n\r\n')
    const [line = '', ...fields] = rest.slice(0, headEnd).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1])
    if (headEnd === -1 || Number.isNaN(status)) throw new Error(`Not an answer of HTTP/1.1: ${rest.slice(0, 200)}`)
    const headers = Object.fromEntries(
      fields.map((field) => [
        field.slice(0, field.indexOf(':')).toLowerCase(),
        field.slice(field.indexOf(':') + 1).trim(),
      ]),
    )
    const bodyEnd = headEnd + 4 + Number(headers['content-length'] ?? 0)
    if (status >= 200)
      answers.push({ status, headers, text: Buffer.from(rest.slice(headEnd + 4, bodyEnd), 'latin1').toString() })
    rest = rest.slice(bodyEnd)
  }
  return answers
}
