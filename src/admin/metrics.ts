import { Type } from 'typebox'
import type { Server } from '../http/server.ts'
import { noQuery, refusals } from '../schema/errors.ts'
import { config, readCodes } from './shared.ts'

/** The metrics of the process as text, in the format that the content type names. */
export type Metrics = { contentType: string; text: () => Promise<string> }

/** `/metrics`, where scrapers look for it; no part of the API's document. */
export function addMetricsRoute(server: Server, { contentType, text }: Metrics): void {
  server.get('/metrics', {
    config,
    schema: {
      hide: true,
      operationId: 'metrics',
      summary: 'The metrics of the process',
      querystring: noQuery,
      response: { 200: Type.String(), ...refusals(...readCodes) },
    },
    handler: async (_request, reply) => reply.type(contentType).send(await text()),
  })
}
