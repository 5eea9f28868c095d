import { type Static, Type } from 'typebox'
import { type Agency, createAgencies } from '../agencies/agencies.ts'
import { createAgencyChanges } from '../agencies/agency-changes.ts'
import { createFreezes } from '../agencies/freezes.ts'
import { nameRules } from '../agencies/key-schema.ts'
import type { Database } from '../database/database.ts'
import type { Server } from '../http/server.ts'
import { Refusal } from '../lib/refusal.ts'
import { unixSeconds } from '../lib/times.ts'
import { bodyCodes, refusals } from '../schema/errors.ts'
import { closed, inData, integerOrNull } from '../schema/fields.ts'
import { closedListQuery, limitDefault, listQuery, pageOfRows, pageSchema, readCursor } from '../schema/lists.ts'
import { adminPath, agencyId, config, type Dependencies, notFound, oneCodes } from './shared.ts'
import { operatorOf, readCodes, tagged } from './shared.ts'

const url = `${adminPath}/agencies`
const params = Type.Object({ agencyId })
const shared = tagged('Agencies')
const answer = { description: 'OK', $ref: 'Agency#' }

const agencySchema = Type.Object(
  {
    id: Type.String({ description: 'The id of the agency.' }),
    object: Type.String({ description: 'Always `agency`.' }),
    name: Type.String({ description: 'The name of the agency, which another one may have too.' }),
    created: Type.Integer({ description: 'When the agency was made, in Unix seconds.' }),
    archived_at: { ...integerOrNull, description: 'Since when none of its keys works, in Unix seconds.' },
    frozen_at: { ...integerOrNull, description: 'Since when its keys only read, in Unix seconds.' },
  },
  {
    $id: 'Agency',
    ...closed,
    examples: [
      {
        id: 'ag_5f0c6e1a9d3b2c4e8f7a6b5c',
        object: 'agency',
        name: 'Acme',
        created: 1700000000,
        archived_at: null,
        frozen_at: null,
      },
    ],
  },
)

const body = inData(
  Type.Object(
    { name: Type.String({ ...nameRules, description: 'The name of the agency.', examples: ['Acme'] }) },
    { ...closed, description: 'The agency. A field that is not listed here is refused.' },
  ),
  { name: 'Acme' },
)

/** @throws Refusal `not_found` */
export async function requireAgency(database: Database, id: string): Promise<Agency> {
  const agency = await createAgencies(database).findAgency(id)
  if (!agency) throw notFound('agencyId', 'agency')
  return agency
}

/** As `requireAgency`. @throws Refusal `not_allowed` of `param` where it is archived */
export async function requireActiveAgency(database: Database, id: string, param = 'agencyId'): Promise<Agency> {
  const agency = await requireAgency(database, id)
  if (agency.archivedAt === null) return agency
  throw new Refusal('not_allowed', 'This agency is archived. Unarchive it first.', { param })
}

export function addAgencyRoutes(server: Server, { database, stripe: { mode } }: Dependencies): void {
  server.addSchema(agencySchema)

  server.route({
    method: 'GET',
    url,
    config,
    schema: {
      ...shared,
      operationId: 'listAgencies',
      summary: 'List Agencies',
      description: 'All agencies, oldest first.',
      querystring: Type.Object(listQuery, closedListQuery),
      response: { 200: pageSchema({ $ref: 'Agency#' }), ...refusals(...readCodes) },
    },
    handler: async ({ query: { limit = limitDefault, starting_after: after } }) => {
      const agencies = await createAgencies(database).listAgencies(limit + 1, readCursor(after))
      return pageOfRows(agencies, limit, toWire, (row) => ({ id: row.id, at: row.createdAt }))
    },
  })

  server.route({
    method: 'POST',
    url,
    config,
    schema: {
      ...shared,
      operationId: 'createAgency',
      summary: 'Create Agency',
      description: 'Make an agency. A name that another agency has is taken all the same.',
      body,
      response: { 201: { ...answer, description: 'Created' }, ...refusals(...readCodes, ...bodyCodes) },
    },
    handler: async (request, reply) => {
      const changes = createAgencyChanges(database, mode, operatorOf(request))
      return reply.code(201).send(toWire(await changes.create(request.body.data.name)))
    },
  })

  server.route({
    method: 'GET',
    url: `${url}/:agencyId`,
    config,
    schema: {
      ...shared,
      operationId: 'retrieveAgency',
      summary: 'Retrieve Agency',
      params,
      response: { 200: answer, ...refusals(...oneCodes) },
    },
    handler: async (request) => toWire(await requireAgency(database, request.params.agencyId)),
  })

  server.route({
    method: 'PUT',
    url: `${url}/:agencyId`,
    config,
    schema: {
      ...shared,
      operationId: 'renameAgency',
      summary: 'Rename Agency',
      params,
      body,
      response: { 200: answer, ...refusals(...oneCodes, ...bodyCodes) },
    },
    handler: async (request) => {
      const agency = await requireAgency(database, request.params.agencyId)
      await createAgencyChanges(database, mode, operatorOf(request)).rename(agency, request.body.data.name)
      return toWire(await requireAgency(database, agency.id))
    },
  })

  for (const { action, summary, description, run } of actions) {
    server.route({
      method: 'POST',
      url: `${url}/:agencyId/${action}`,
      config,
      schema: {
        ...shared,
        operationId: `${action}Agency`,
        summary,
        description,
        params,
        response: { 200: answer, ...refusals(...oneCodes, ...bodyCodes) },
      },
      handler: async (request) => {
        const agency = await requireAgency(database, request.params.agencyId)
        const by = operatorOf(request)
        await run(agency, createAgencyChanges(database, mode, by), createFreezes(database, mode, by))
        return toWire(await requireAgency(database, agency.id))
      },
    })
  }
}

type Run = (
  agency: Agency,
  changes: ReturnType<typeof createAgencyChanges>,
  freezes: ReturnType<typeof createFreezes>,
) => Promise<unknown>

/** What needs no body; to do it again changes nothing. */
const actions: { action: string; summary: string; description: string; run: Run }[] = [
  {
    action: 'archive',
    summary: 'Archive Agency',
    description:
      'Within a second, in every process, none of its keys works, and what is left of its bulk jobs fails. Nothing is deleted.',
    run: async (agency, changes) => await changes.archive(agency),
  },
  {
    action: 'unarchive',
    summary: 'Unarchive Agency',
    description: 'Its keys work again within a second, except those that were revoked or have expired.',
    run: async (agency, changes) => await changes.unarchive(agency),
  },
  {
    action: 'freeze',
    summary: 'Freeze Agency',
    description:
      'Within a second, in every process, writes of its keys are refused with 403, reads go on, and its bulk jobs wait.',
    run: async ({ id }, _, freezes) => await freezes.freeze({ kind: 'agency', id }),
  },
  {
    action: 'unfreeze',
    summary: 'Unfreeze Agency',
    description: 'Its keys write again within a second, and its bulk jobs go on. Another freeze may still hold.',
    run: async ({ id }, _, freezes) => await freezes.unfreeze({ kind: 'agency', id }),
  },
]

function toWire({ id, name, createdAt, archivedAt, frozenAt }: Agency): Static<typeof agencySchema> {
  return {
    id,
    object: 'agency',
    name,
    created: unixSeconds(createdAt),
    archived_at: unixSeconds(archivedAt),
    frozen_at: unixSeconds(frozenAt),
  }
}
