import { Type } from 'typebox'
import { admitAddress } from '../agencies/admit.ts'
import type { Authenticate } from '../agencies/authenticate.ts'
import { type WhoCalls, whoCallsFields } from '../agencies/who-calls.ts'
import { consolePath, requireSameOrigin } from '../http/console-calls.ts'
import { type DemoAccess, isLocal } from '../http/demo-access.ts'
import type { EnterAgency } from '../http/limits/agency.ts'
import type { AddressLimit } from '../http/limits/address-limit.ts'
import type { Server } from '../http/server.ts'
import type { Mode } from '../lib/mode.ts'
import { Refusal, refuseUnavailable } from '../lib/refusal.ts'
import { unixSeconds } from '../lib/times.ts'
import { bodyCodes, keyCodes, noQuery, refusals } from '../schema/errors.ts'
import { closed } from '../schema/fields.ts'
import { signedOut } from './authenticate-session.ts'
import { readToken, readTokens, writeToken } from './cookie.ts'
import { sessionHours, type Sessions } from './sessions.ts'

type Dependencies = {
  sessions: Sessions
  authenticate: Authenticate
  enterAgency: EnterAgency
  signIns: AddressLimit
  whoCalls: WhoCalls
  mode: Mode
  demo: DemoAccess | undefined
}

const url = `${consolePath}/session`
const credentials = Type.Object({ api_key: Type.String({ minLength: 1, maxLength: 200 }) }, closed)
/** `expires`: when the session ends, in Unix seconds. */
const sessionSchema = Type.Object({ ...whoCallsFields, expires: Type.Integer() }, closed)
const signInSchema = Type.Object(
  {
    mode: Type.String(),
    demo: Type.Unsafe({
      type: 'object',
      nullable: true,
      properties: { api_key: { type: 'string' }, account: { type: 'string' } },
    }),
  },
  closed,
)

/** Sign in with an API key, who is signed in, sign out. The browser gets a cookie that its scripts cannot read, and never keeps the key. */
export function addSessionRoutes(server: Server, dependencies: Dependencies): void {
  const { sessions, authenticate, enterAgency, signIns, whoCalls, mode, demo } = dependencies

  server.get(`${consolePath}/sign-in`, {
    config: { access: 'public' },
    schema: {
      hide: true,
      operationId: 'signIn',
      summary: 'What the sign-in page shows: the mode and, on the same machine, the demo key',
      querystring: noQuery,
      response: { 200: signInSchema, ...refusals('invalid_request', 'rate_limited', 'internal') },
    },
    handler: async (request) => {
      const found = demo && isLocal(request) ? demo() : undefined
      return { mode, demo: found ? { api_key: found.apiKey, account: found.accountId } : null }
    },
  })

  server.post(url, {
    config: { access: 'public' },
    onRequest: async (request, reply) => {
      requireSameOrigin(request)
      await signIns.take(request, reply)
    },
    schema: {
      hide: true,
      operationId: 'createSession',
      summary: 'Signs in with an API key',
      querystring: noQuery,
      body: credentials,
      response: { 201: sessionSchema, ...refusals(...keyCodes, ...bodyCodes) },
    },
    handler: async (request, reply) => {
      const caller = await authenticate(request.body.api_key.trim(), noFurtherLimit).catch(refuseKey)
      const { agencyId, keyId } = caller
      request.caller = caller
      request.logged = { agency: agencyId, key: keyId }
      await enterAgency(agencyId, request, reply)
      admitAddress(caller, request)
      const who = await whoCalls(request)
      const { token, expiresAt } = await sessions.start(keyId, readTokens(request)).catch(refuseUnavailable)
      writeToken(request, reply, token, sessionHours * 3_600)
      void reply.code(201)
      return { ...who, expires: unixSeconds(expiresAt) }
    },
  })

  server.get(url, {
    config: { access: 'any_key' },
    schema: {
      hide: true,
      operationId: 'retrieveSession',
      summary: 'Who is signed in',
      querystring: noQuery,
      response: { 200: sessionSchema, ...refusals(...keyCodes) },
    },
    handler: async (request) => {
      const expiresAt = await sessions.expiryOf(readToken(request) ?? '').catch(refuseUnavailable)
      if (expiresAt === undefined) throw signedOut()
      return { ...(await whoCalls(request)), expires: unixSeconds(expiresAt) }
    },
  })

  // Whoever has the token may end its session, also where its key works no more.
  server.delete(url, {
    config: { access: 'public' },
    onRequest: (request, _reply, done) => {
      requireSameOrigin(request)
      done()
    },
    schema: {
      hide: true,
      operationId: 'deleteSession',
      summary: 'Signs out',
      querystring: noQuery,
      response: {
        204: Type.Unsafe({ type: 'null' }),
        ...refusals('invalid_request', 'not_allowed', 'rate_limited', 'internal', 'unavailable'),
      },
    },
    handler: async (request, reply) => {
      await sessions.end(readTokens(request)).catch(refuseUnavailable)
      writeToken(request, reply, '', 0)
      return await reply.code(204).send()
    },
  })
}

/** Sign-ins have a limit of their own, which is lower than that of unknown keys. */
const noFurtherLimit = { take: async () => {}, refund: () => {} }

function refuseKey(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'unauthenticated') throw error
  const message = 'This API key does not work: it is mistyped, or was revoked, or has expired.'
  throw new Refusal('unauthenticated', message, { param: 'api_key' })
}
