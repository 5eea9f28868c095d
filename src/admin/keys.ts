import { Type } from 'typebox'
import { type ApiKey, type ApiKeys, createApiKeys, type NewApiKey } from '../agencies/api-keys.ts'
import { createFreezes } from '../agencies/freezes.ts'
import { findKey, pageOfKeys } from '../agencies/key-rows.ts'
import { keyChangesSchema, keyExample, newKeySchema, rotationSchema } from '../agencies/key-schema.ts'
import { keySchema, newKeyAnswerSchema } from '../agencies/key-schema.ts'
import { changedLimits, toOperatorKey } from '../agencies/public-key.ts'
import type { Database } from '../database/database.ts'
import type { Server } from '../http/server.ts'
import { invalid } from '../lib/refusal.ts'
import { bodyCodes, refusals } from '../schema/errors.ts'
import { closed, inData, textOrNull } from '../schema/fields.ts'
import { closedListQuery, limitDefault, listQuery, pageOfRows, pageSchema, readCursor } from '../schema/lists.ts'
import { requireActiveAgency, requireAgency } from './agencies.ts'
import { adminPath, agencyId, config, type Dependencies, keyId, notFound } from './shared.ts'
import { oneCodes, operatorOf, tagged } from './shared.ts'

const ofAgency = `${adminPath}/agencies/:agencyId/keys` as const
const url = `${adminPath}/keys/:keyId` as const
const params = Type.Object({ keyId })
const shared = tagged('API Keys')
const answer = { description: 'OK', $ref: 'ApiKey#' }
const newAnswer = { description: 'Created', $ref: 'NewApiKey#' }

const more = {
  agency_id: Type.String({ description: 'Whose key it is.' }),
  frozen_by: {
    ...textOrNull,
    description:
      'What stops its writes: its own id, its agency’s, or `platform`; `agency` where a key of the agency did; else null.',
  },
}
const example = { ...keyExample, agency_id: 'ag_5f0c6e1a9d3b2c4e8f7a6b5c' }
const schemas = [
  Type.Object(
    { ...keySchema.properties, ...more },
    { $id: 'ApiKey', ...closed, description: 'An API key without its secret.', examples: [example] },
  ),
  Type.Object(
    { ...newKeyAnswerSchema.properties, ...more },
    { $id: 'NewApiKey', ...closed, examples: [{ ...example, secret: 'CD.…' }] },
  ),
]
const newKey = Type.Object(newKeySchema.properties, {
  ...closed,
  description: 'The key to make. A limit that is left out does not hold. A field that is not listed here is refused.',
})
const unlimited = { bounds: { scopes: [] }, expiresAt: null }
const withSecret = (made: NewApiKey) => ({ ...toOperatorKey(made), secret: made.secret })

export function addKeyRoutes(server: Server, { database, stripe: { mode } }: Dependencies): void {
  for (const schema of schemas) server.addSchema(schema)

  server.route({
    method: 'GET',
    url: ofAgency,
    config,
    schema: {
      ...shared,
      operationId: 'listKeys',
      summary: 'List API Keys',
      description: 'The keys of an agency, newest first, with those that were revoked or have expired.',
      params: Type.Object({ agencyId }),
      querystring: Type.Object(listQuery, closedListQuery),
      response: { 200: pageSchema({ $ref: 'ApiKey#' }), ...refusals(...oneCodes) },
    },
    handler: async ({ params: { agencyId: id }, query: { limit = limitDefault, starting_after: after } }) => {
      const position = readCursor(after)
      await requireAgency(database, id)
      const keys = await pageOfKeys(database, id, limit + 1, position)
      return pageOfRows(keys, limit, toOperatorKey, (row) => ({ id: row.id, at: row.createdAt }))
    },
  })

  server.route({
    method: 'POST',
    url: ofAgency,
    config,
    schema: {
      ...shared,
      operationId: 'createKey',
      summary: 'Create API Key',
      description: 'Make a key of an agency. The secret is in this one answer, and stored nowhere.',
      params: Type.Object({ agencyId }),
      body: inData(newKey, { name: 'n8n', scopes: ['coupons:read', 'coupons:write'], max_percent: 20 }),
      response: { 201: newAnswer, ...refusals(...oneCodes, ...bodyCodes, 'not_allowed') },
    },
    handler: async (request, reply) => {
      const { data } = request.body
      const limits = changedLimits(data, unlimited)
      const agency = await requireActiveAgency(database, request.params.agencyId)
      const keys = createApiKeys(database, mode, operatorOf(request))
      return reply.code(201).send(withSecret(await keys.createKey(agency.id, data.name, limits)))
    },
  })

  server.route({
    method: 'GET',
    url,
    config,
    schema: {
      ...shared,
      operationId: 'retrieveKey',
      summary: 'Retrieve API Key',
      description: 'What a key may do, when it expires, and whether it is frozen or revoked.',
      params,
      response: { 200: answer, ...refusals(...oneCodes) },
    },
    handler: async (request) => toOperatorKey(await requireKey(database, request.params.keyId)),
  })

  server.route({
    method: 'PUT',
    url,
    config,
    schema: {
      ...shared,
      operationId: 'updateKey',
      summary: 'Update API Key',
      description: 'Change what a key may do. It takes effect within a second, in running bulk jobs too.',
      params,
      body: inData(keyChangesSchema, { name: 'n8n of the shop', max_percent: 10 }),
      response: { 200: answer, ...refusals(...oneCodes, ...bodyCodes) },
    },
    handler: async (request) => {
      const { data } = request.body
      const { id } = await requireKey(database, request.params.keyId)
      const keys = createApiKeys(database, mode, operatorOf(request))
      if (Object.keys(data).length > 0) {
        await keys.updateKey(id, (key) => ({ name: data.name, ...changedLimits(data, key) }))
      }
      return toOperatorKey(await requireKey(database, id))
    },
  })

  server.route({
    method: 'POST',
    url: `${url}/rotate`,
    config,
    schema: {
      ...shared,
      operationId: 'rotateKey',
      summary: 'Rotate API Key',
      description:
        'Make a new key with the same limits, for as long as the old one was made for; the old one works on for the overlap. The secret is in ' +
        'this one answer, and stored nowhere.',
      params,
      body: inData(rotationSchema, { overlap_seconds: 86_400 }),
      response: { 201: newAnswer, ...refusals(...oneCodes, ...bodyCodes, 'not_allowed') },
    },
    handler: async (request, reply) => {
      const { id, agencyId: owner } = await requireKey(database, request.params.keyId)
      await requireActiveAgency(database, owner, 'keyId')
      const keys = createApiKeys(database, mode, operatorOf(request))
      const made = await keys.rotateKey(id, request.body.data.overlap_seconds * 1_000)
      if (!made) throw invalid('keyId', 'This key was revoked or has expired, so there is nothing to replace.')
      return reply.code(201).send(withSecret(made))
    },
  })

  for (const { action, summary, description, run } of actions) {
    server.route({
      method: 'POST',
      url: `${url}/${action}`,
      config,
      schema: {
        ...shared,
        operationId: `${action}Key`,
        summary,
        description,
        params,
        response: { 200: answer, ...refusals(...oneCodes, ...bodyCodes) },
      },
      handler: async (request) => {
        const { id } = await requireKey(database, request.params.keyId)
        const by = operatorOf(request)
        await run(id, createApiKeys(database, mode, by), createFreezes(database, mode, by))
        return toOperatorKey(await requireKey(database, id))
      },
    })
  }
}

type Run = (id: string, keys: ApiKeys, freezes: ReturnType<typeof createFreezes>) => Promise<unknown>

/** What needs no body; to do it again changes nothing. */
const actions: { action: string; summary: string; description: string; run: Run }[] = [
  {
    action: 'revoke',
    summary: 'Revoke API Key',
    description: 'Stop a key for ever, within a second, in every process. Its bulk jobs end.',
    run: async (id, keys) => await keys.revokeKey(id),
  },
  {
    action: 'freeze',
    summary: 'Freeze API Key',
    description: 'Stop the writes of a key within a second, in every process; reads go on and its bulk jobs wait.',
    run: async (id, _, freezes) => await freezes.freeze({ kind: 'api_key', id }),
  },
  {
    action: 'unfreeze',
    summary: 'Unfreeze API Key',
    description: 'Its writes go on within a second, and its bulk jobs with them. Another freeze may still hold.',
    run: async (id, _, freezes) => await freezes.unfreeze({ kind: 'api_key', id }),
  },
]

/** @throws Refusal `not_found` */
async function requireKey(database: Database, id: string): Promise<ApiKey> {
  const key = await findKey(database, id)
  if (!key) throw notFound('keyId', 'API key')
  return key
}
