import { fastify } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { Refusal } from '../lib/refusal.ts'
import { defaultBounds } from './bounds.ts'
import type { Authenticate } from './authenticate.ts'
import { callerOf, guardRoutes } from './authorize.ts'

const caller = { agencyId: 'ag_1', keyId: 'key_1', bounds: defaultBounds, frozenBy: null }
const authorization = 'CD.key'

/** A server with a route of each access and the guard in front; `seen` says what the guard asked for, in order. */
function open(authenticate: Authenticate = async () => caller) {
  const seen: string[] = []
  const logged: string[] = []
  const server = fastify({ logger: { stream: { write: (line: string) => void logged.push(line) } } })
  onTestFinished(() => server.close())
  guardRoutes(server, {
    authenticate: async (header, limit) => {
      seen.push(`look up ${header}`)
      return await authenticate(header, limit)
    },
    authenticateSession: async () => Promise.reject(new Error('No test calls from the console.')),
    unknownKeys: {
      take: async ({ url }) => void seen.push(`take ${url}`),
      refund: ({ url }) => void seen.push(`refund ${url}`),
    },
    enterAgency: async (agencyId) => void seen.push(`enter ${agencyId}`),
  })
  const handler = async (request: Parameters<typeof callerOf>[0]) => {
    request.log.info(request.logged, 'handled')
    return callerOf(request)
  }
  server.get('/agency', { config: { access: 'coupons:write' }, handler })
  server.post('/agency', { config: { access: 'coupons:write' }, handler })
  server.get('/undeclared', { handler })
  server.get('/public', { config: { access: 'public' }, handler: async () => 'open' })
  server.get('/probe', { config: { access: 'probe' }, handler: async () => 'open' })
  server.get('/forgetful', { config: { access: 'public' }, handler })
  return { server, seen, logged }
}

test.each(['/public', '/probe', '/missing'])('anybody may ask for %s, and no key is looked up', async (url) => {
  const { server, seen } = open()
  const { statusCode } = await server.inject({ url })
  expect(statusCode).toBe(url === '/missing' ? 404 : 200)
  expect(seen).toEqual([])
})

test('a route that declares a scope is for keys that have it, and counts for its agency', async () => {
  const { server, seen } = open()
  const answer = await server.inject({ url: '/agency', headers: { authorization } })
  expect(answer.json()).toEqual(caller)
  expect(seen).toEqual([`look up ${authorization}`, 'enter ag_1'])
})

test('a route that declares nothing is closed to every key', async () => {
  const { server } = open()
  const answer = await server.inject({ url: '/undeclared', headers: { authorization } })
  expect(answer.json()).toMatchObject({ code: 'not_allowed' })
})

test('the log of a request says whose it is', async () => {
  const { server, logged } = open()
  await server.inject({ url: '/agency', headers: { authorization } })
  const handled = logged.find((line) => line.includes('handled')) ?? ''
  expect(JSON.parse(handled)).toMatchObject({ agency: 'ag_1', key: 'key_1' })
})

test('a request without a key is refused without a look-up', async () => {
  const { server, seen } = open()
  expect((await server.inject({ url: '/agency' })).json()).toMatchObject({ code: 'unauthenticated' })
  expect(seen).toEqual([])
})

test('a key that is not good counts for nobody and reaches no handler', async () => {
  const { server, seen } = open(async () => {
    throw new Refusal('unauthenticated', 'No.')
  })
  const answer = await server.inject({ url: '/agency', headers: { authorization } })
  expect(answer.json()).toMatchObject({ code: 'unauthenticated' })
  expect(seen).toEqual([`look up ${authorization}`])
})

test('the limit of unknown keys is that of the request’s address', async () => {
  const { server, seen } = open(async (_, limit) => {
    await limit.take()
    limit.refund()
    return caller
  })
  await server.inject({ url: '/agency?a', headers: { authorization } })
  expect(seen).toEqual([`look up ${authorization}`, 'take /agency?a', 'refund /agency?a', 'enter ag_1'])
})

test('a key is looked up again once a body is there', async () => {
  const { server, seen } = open()
  await server.inject({ method: 'POST', url: '/agency', headers: { authorization }, payload: { a: 1 } })
  expect(seen).toEqual([`look up ${authorization}`, 'enter ag_1', `look up ${authorization}`])
})

test('a key that was revoked while the body was on its way reaches no handler', async () => {
  let isRevoked = false
  const { server } = open(async () => {
    if (isRevoked) throw new Refusal('unauthenticated', 'No.')
    isRevoked = true
    return caller
  })
  const request = { method: 'POST', url: '/agency', headers: { authorization }, payload: { a: 1 } } as const
  expect((await server.inject(request)).json()).toMatchObject({ code: 'unauthenticated' })
})

test('a key that lost its scope while the body was on its way reaches no handler', async () => {
  const scopes = [...caller.bounds.scopes]
  const { server } = open(async () => ({ ...caller, bounds: { scopes: scopes.splice(0) } }))
  const request = { method: 'POST', url: '/agency', headers: { authorization }, payload: { a: 1 } } as const
  expect((await server.inject(request)).json()).toMatchObject({ code: 'not_allowed' })
})

test('a route that asks for its caller without requiring one fails', async () => {
  const { server } = open()
  const answer = await server.inject({ url: '/forgetful' })
  expect(answer.statusCode).toBe(500)
  expect(answer.json()).toMatchObject({ message: 'The route asks for its caller but does not require one.' })
})
