import { connect } from 'node:net'
import type { TestServer } from './server.ts'

/** A connection to the server on which a test writes what it likes. */
export function dial(server: TestServer) {
  return connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8')
}

/** The bytes of one create of a coupon. */
export function createRequest({ key, coupons }: TestServer, idempotencyKey?: string): string {
  const body = '{"data":{"percent_off":10}}'
  return [
    `POST ${coupons} HTTP/1.1`,
    'Host: x',
    `Authorization: ${key}`,
    ...(idempotencyKey === undefined ? [] : [`Idempotency-Key: ${idempotencyKey}`]),
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}
