import { METHODS } from 'node:http'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { operations } from '../../test/support/document.ts'
import type { Draw } from './draw.ts'
import { bodyFrom, valueFrom } from './fuzz-bodies.ts'
import type { Sent } from './exchange.ts'

/** What the requests are about: ids of objects by the name of their parameter, and keys of this and of another agency. */
export type Scene = { key: string; otherKey: string; ids: Record<string, string[]> }

const pages = [
  '/',
  '/docs',
  '/docs/errors',
  '/docs/page.js',
  '/docs/n8n',
  '/docs/postman.json',
  '/docs/demo.json',
  '/favicon.svg',
  '/openapi.json',
  '/llms.txt',
  '/healthz',
  '/readyz',
  '/v1/public',
  '*',
]
const contentTypes = [
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/json;charset="UTF-8"',
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json, text/plain',
  'application/json;;',
  '/',
  '',
]
/** CONNECT is no request for a path; raw bytes try it. */
const methods = METHODS.filter((method) => method !== 'CONNECT')

/** Any request that an HTTP client can send: from one that the document allows to one that nobody means. */
export function requestFrom(scene: Scene, draw: Draw): Sent {
  const operation = draw.pick(operations)
  const method = draw.chance(0.04) ? draw.pick(methods) : operation.method
  const path = draw.chance(0.05) ? oddPath(draw) : pathOf(operation, scene, draw)
  const headers: Record<string, string> = { authorization: authorizationFrom(scene, draw) }
  if (draw.chance(0.05)) delete headers['authorization']
  if (draw.chance(0.3)) headers['idempotency-key'] = draw.chance(0.8) ? `order-${draw.int(300)}` : draw.text()
  if (draw.chance(0.06)) headers['idempotency-guard'] = draw.chance(0.5) ? '60' : draw.text()
  if (draw.chance(0.05))
    headers[draw.pick(['accept', 'accept-encoding', 'if-none-match', 'range', 'cookie', 'origin'])] = draw.text()
  if (draw.chance(0.05))
    headers[draw.pick(['x-forwarded-for', 'x-http-method-override', 'x-api-key', 'host'])] = draw.text()
  const { example, operation: described } = operation
  const schema = described.requestBody?.content['application/json'].schema
  const hasBody = (schema !== undefined || draw.chance(0.04)) && method !== 'HEAD'
  const body = hasBody ? bodyFrom(schema ?? {}, example ?? {}, draw) : undefined
  if (body !== undefined && draw.chance(0.98)) {
    headers['content-type'] = draw.chance(0.94) ? 'application/json' : draw.pick(contentTypes)
    if (draw.chance(0.02)) headers['content-encoding'] = draw.pick(['gzip', 'br', 'identity', 'x'])
  }
  const legal = Object.entries(headers).map(([name, value]) => [name, asHeader(value)])
  return { method, path: asTarget(path), headers: Object.fromEntries(legal), body }
}

function pathOf({ path, operation }: (typeof operations)[number], { ids }: Scene, draw: Draw): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (draw.chance(name === 'accountId' ? 0.94 : 0.8)) return draw.pick(ids[name] ?? ['x'])
    return draw.chance(0.7) ? encodeURIComponent(draw.text().toWellFormed()) : draw.text()
  })
  const query = []
  for (const { name, in: place, schema } of operation.parameters ?? []) {
    if (place !== 'query' || !draw.chance(0.25)) continue
    const value = draw.chance(0.6) ? String(valueFrom(schema, draw)) : draw.text()
    query.push(`${name}=${encodeURIComponent(value.toWellFormed())}`)
    if (draw.chance(0.05)) query.push(`${name}=1`)
  }
  if (draw.chance(0.04)) query.push(draw.text())
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`
}

function oddPath(draw: Draw): string {
  const page = draw.pick(pages)
  return draw.chance(0.5) ? page : `${page}/${draw.text()}?${draw.text()}`
}

function authorizationFrom({ key, otherKey }: Scene, draw: Draw): string {
  if (draw.chance(0.9)) return draw.chance(0.5) ? key : `Bearer ${key}`
  return draw.pick([
    otherKey,
    mintApiKey(),
    `${key}0`,
    `Basic ${key}`,
    `bearer  ${key}`,
    `Bearer ${key} ${key}`,
    draw.text(),
  ])
}

/** Clients send nothing else in a header (RFC 9110, section 5.5) and in a request target. */
const asHeader = (value: string) => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').trim()
const asTarget = (path: string) => {
  const ascii = path.replace(/[^\x21-\x7e]|#/gu, (character) => encodeURIComponent(character.toWellFormed()))
  return ascii.startsWith('/') ? ascii.slice(0, 15_000) : `/${ascii}`.slice(0, 15_000)
}
