import { Type } from 'typebox'
import { createFreezes, platform } from '../agencies/freezes.ts'
import type { Server } from '../http/server.ts'
import { unixSeconds } from '../lib/times.ts'
import { bodyCodes, refusals } from '../schema/errors.ts'
import { closed, integerOrNull } from '../schema/fields.ts'
import { adminPath, config, type Dependencies, operatorOf, readCodes } from './shared.ts'
import { tagged } from './shared.ts'

const platformSchema = Type.Object(
  {
    object: Type.String({ description: 'Always `platform`.', examples: ['platform'] }),
    frozen_at: {
      ...integerOrNull,
      description: 'Since when no key writes, in Unix seconds; null while they may.',
      examples: [1700000000],
    },
  },
  { $id: 'Platform', ...closed },
)

const routes = [
  {
    action: 'freeze',
    summary: 'Freeze Platform',
    description: 'Within a second, in every process, all writes are refused with 403, reads go on, and bulk jobs wait.',
  },
  {
    action: 'unfreeze',
    summary: 'Unfreeze Platform',
    description: 'Writes go on within a second, and bulk jobs with them. The freezes of agencies and keys stay.',
  },
] as const

export function addPlatformRoutes(server: Server, { database, stripe: { mode } }: Dependencies): void {
  server.addSchema(platformSchema)

  for (const { action, summary, description } of routes) {
    server.route({
      method: 'POST',
      url: `${adminPath}/platform/${action}`,
      config,
      schema: {
        ...tagged('Platform'),
        operationId: `${action}Platform`,
        summary,
        description,
        response: { 200: { description: 'OK', $ref: 'Platform#' }, ...refusals(...readCodes, ...bodyCodes) },
      },
      handler: async (request) => {
        const freezes = createFreezes(database, mode, operatorOf(request))
        await freezes[action]({ kind: 'platform' })
        const frozen = (await freezes.list()).find(({ target }) => target === platform)
        return { object: 'platform', frozen_at: unixSeconds(frozen?.frozenAt ?? null) }
      },
    })
  }
}
