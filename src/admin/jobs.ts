import { Type } from 'typebox'
import { createAllJobs } from '../bulk-codes/all-jobs.ts'
import { bulkJobSchema } from '../bulk-codes/schema.ts'
import type { Server } from '../http/server.ts'
import { bodyCodes, refusals } from '../schema/errors.ts'
import { closed } from '../schema/fields.ts'
import { closedListQuery, limitDefault, listQuery, pageSchema, readCursor, toPage } from '../schema/lists.ts'
import { objectId } from '../schema/params.ts'
import { adminPath, agencyId, config, type Dependencies, notFound, oneCodes } from './shared.ts'
import { operatorOf, readCodes, tagged } from './shared.ts'

const url = `${adminPath}/jobs`
const params = Type.Object({ jobId: objectId('The id of the bulk job', 'bulk_5f0c6e1a9d3b2c4e8f7a6b5c') })
const shared = tagged('Jobs')
const answer = { description: 'OK', $ref: 'Job#' }

const jobSchema = Type.Object(
  {
    ...bulkJobSchema.properties,
    agency_id: Type.String({ description: 'The agency that asked for it.' }),
    account: Type.String({ description: 'The connected account.' }),
    key: Type.String({ description: 'The API key that asked for it.' }),
    request_id: Type.String({ description: 'The request that asked for it.' }),
  },
  { $id: 'Job', ...closed },
)

export function addJobRoutes(server: Server, { database, stripe: { mode } }: Dependencies): void {
  server.addSchema(jobSchema)
  const jobs = createAllJobs(database, mode)

  server.route({
    method: 'GET',
    url,
    config,
    schema: {
      ...shared,
      operationId: 'listJobs',
      summary: 'List Jobs',
      description: 'The bulk jobs of all agencies, newest first.',
      querystring: Type.Object(
        {
          ...listQuery,
          agency: Type.Optional(Type.String({ ...agencyId, description: 'Only of this agency.' })),
          unfinished: Type.Optional(
            Type.Boolean({ description: 'With true only jobs with codes that are left to make.' }),
          ),
        },
        closedListQuery,
      ),
      response: { 200: pageSchema({ $ref: 'Job#' }), ...refusals(...readCodes) },
    },
    handler: async ({ query: { limit = limitDefault, starting_after: after, agency, unfinished } }) => {
      const filter = { agencyId: agency, isUnfinished: unfinished }
      const page = await jobs.list(filter, limit, readCursor(after))
      return toPage(page.jobs, page.hasMore, page.last)
    },
  })

  server.route({
    method: 'GET',
    url: `${url}/:jobId`,
    config,
    schema: {
      ...shared,
      operationId: 'retrieveJob',
      summary: 'Retrieve Job',
      description: 'How far a job is.',
      params,
      response: { 200: answer, ...refusals(...oneCodes) },
    },
    handler: async (request) => {
      const job = await jobs.find(request.params.jobId)
      if (!job) throw notFound('jobId', 'bulk job')
      return job
    },
  })

  server.route({
    method: 'POST',
    url: `${url}/:jobId/cancel`,
    config,
    schema: {
      ...shared,
      operationId: 'cancelJob',
      summary: 'Cancel Job',
      description:
        'Create no more codes of a job. Those that are in flight to Stripe may still be created. To cancel a job again, or one that is ' +
        'done, changes nothing.',
      params,
      response: { 200: answer, ...refusals(...oneCodes, ...bodyCodes) },
    },
    handler: async (request) => {
      const job = await jobs.cancel(request.params.jobId, operatorOf(request))
      if (!job) throw notFound('jobId', 'bulk job')
      return job
    },
  })
}
