import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Server } from '../http/server.ts'
import { resolveIdempotencyKey, writeHeaders } from '../idempotency/key.ts'
import { bodyCodes, keyCodes, noQuery, refusals } from '../schema/errors.ts'
import { inData } from '../schema/fields.ts'
import { closedListQuery, limitDefault, listQuery, pageSchema, readCursor, toPage } from '../schema/lists.ts'
import { objectId, publicPath } from '../schema/params.ts'
import type { NewApiKey } from './key-changes.ts'
import { keyChangesSchema, keySchema, newKeyAnswerSchema, newKeySchema, rotationSchema } from './key-schema.ts'
import type { ManagedKeys } from './managed-keys.ts'
import { toPublicKey } from './public-key.ts'

const oneCodes = [...keyCodes, 'not_found'] as const
/** A key that was made under an Idempotency-Key before cannot be answered again. */
const makeCodes = [...bodyCodes, 'already_exists', 'idempotency_mismatch'] as const

const url = `${publicPath}/keys`
const params = Type.Object({ keyId: objectId('The id of the API key', 'key_5f0c6e1a9d3b2c4e8f7a6b5c') })
const shared = { tags: ['API Keys'], querystring: noQuery }
const key = { description: 'OK', $ref: 'ApiKey#' }
const newKey = { description: 'Created', $ref: 'NewApiKey#' }
const shownOnce =
  'The secret is in this one answer. A retry with the same Idempotency-Key makes no second key and is refused with `already_exists`.'

const withSecret = (made: NewApiKey) => ({ ...toPublicKey(made), secret: made.secret })

/** The agency’s own management of its keys, under the scope `keys:manage`. */
export function addKeyRoutes(server: Server, keys: ManagedKeys): void {
  server.addSchema(keySchema)
  server.addSchema(newKeyAnswerSchema)
  const access = 'keys:manage'

  server.route({
    method: 'GET',
    url,
    config: { access },
    schema: {
      ...shared,
      operationId: 'listKeys',
      summary: 'List API Keys',
      description:
        'The keys that may do no more than the one that asks, newest first, with those that were revoked or have expired.',
      querystring: Type.Object(listQuery, closedListQuery),
      response: { 200: pageSchema({ $ref: 'ApiKey#' }), ...refusals(...keyCodes) },
    },
    handler: async (request) => {
      const { limit = limitDefault, starting_after: after } = request.query
      const position = readCursor(after)
      const spend = (units: number) => request.spend(units)
      const page = await keys.list(await keys.own(request), limit, position, spend)
      return toPage(page.keys.map(toPublicKey), page.hasMore, page.last)
    },
  })

  server.route({
    method: 'POST',
    url,
    config: { access, findAttempts: (of, sent) => keys.findAttempts(of.agencyId, 'api_key.create', sent) },
    onRequest: resolveIdempotencyKey,
    schema: {
      ...shared,
      operationId: 'createKey',
      summary: 'Create API Key',
      description: `Make a key that may do no more than the one that asks. ${shownOnce}`,
      headers: writeHeaders,
      body: inData(newKeySchema, { name: 'n8n', scopes: ['coupons:read', 'coupons:write'], max_percent: 20 }),
      response: { 201: newKey, ...refusals(...keyCodes, ...makeCodes) },
    },
    handler: async (request, reply) => reply.code(201).send(withSecret(await keys.create(request, request.body.data))),
  })

  server.route({
    method: 'GET',
    url: `${url}/:keyId`,
    config: { access },
    schema: {
      ...shared,
      operationId: 'retrieveKey',
      summary: 'Retrieve API Key',
      description: 'What a key may do, when it expires, and whether it is frozen or revoked.',
      params,
      response: { 200: key, ...refusals(...oneCodes) },
    },
    handler: async (request) => toPublicKey(await keys.retrieve(await keys.own(request), request.params.keyId)),
  })

  server.route({
    method: 'PUT',
    url: `${url}/:keyId`,
    config: { access },
    onRequest: resolveIdempotencyKey,
    schema: {
      ...shared,
      operationId: 'updateKey',
      summary: 'Update API Key',
      description:
        'Change what a key may do, within what the key that asks may. It takes effect within a second, in running bulk jobs too.',
      params,
      headers: writeHeaders,
      body: inData(keyChangesSchema, { name: 'n8n of the shop', max_percent: 10 }),
      response: { 200: key, ...refusals(...oneCodes, ...bodyCodes) },
    },
    handler: async (request) => toPublicKey(await keys.update(request, request.params.keyId, request.body.data)),
  })

  server.route({
    method: 'POST',
    url: `${url}/:keyId/rotate`,
    config: { access, findAttempts: (of, sent) => keys.findAttempts(of.agencyId, 'api_key.rotate', sent) },
    onRequest: resolveIdempotencyKey,
    schema: {
      ...shared,
      operationId: 'rotateKey',
      summary: 'Rotate API Key',
      description:
        'Make a new key with the same limits, for as long as the old one was made for but no longer than the key that asks; the old one ' +
        `works on for the overlap. ${shownOnce}`,
      params,
      headers: writeHeaders,
      body: inData(rotationSchema, { overlap_seconds: 86_400 }),
      response: { 201: newKey, ...refusals(...oneCodes, ...makeCodes) },
    },
    handler: async (request, reply) => {
      const overlapMs = request.body.data.overlap_seconds * 1_000
      return reply.code(201).send(withSecret(await keys.rotate(request, request.params.keyId, overlapMs)))
    },
  })

  for (const { action, summary, description, run } of actionsOn(keys)) {
    server.route({
      method: 'POST',
      url: `${url}/:keyId/${action}`,
      config: { access },
      onRequest: resolveIdempotencyKey,
      schema: {
        ...shared,
        operationId: `${action}Key`,
        summary,
        description,
        params,
        headers: writeHeaders,
        response: { 200: key, ...refusals(...oneCodes, ...bodyCodes) },
      },
      handler: async (request) => toPublicKey(await run(request, request.params.keyId)),
    })
  }
}

/** What needs no body; to do it again changes nothing. */
function actionsOn(keys: ManagedKeys) {
  return [
    {
      action: 'revoke',
      summary: 'Revoke API Key',
      description:
        'Stop a key for ever, within a second. Its bulk jobs end. A key may revoke itself, also where no other one is left to manage keys.',
      run: (request: FastifyRequest, id: string) => keys.revoke(request, id),
    },
    {
      action: 'freeze',
      summary: 'Freeze API Key',
      description: 'Stop the writes of a key within a second; reads go on and its bulk jobs wait.',
      run: (request: FastifyRequest, id: string) => keys.setFreeze(request, id, true),
    },
    {
      action: 'unfreeze',
      summary: 'Unfreeze API Key',
      description:
        'End a freeze that a key of the agency began; a freeze of the operator stays. No key unfreezes itself.',
      run: (request: FastifyRequest, id: string) => keys.setFreeze(request, id, false),
    },
  ]
}
