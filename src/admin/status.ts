import { type Static, type TObject, type TProperties, Type } from 'typebox'
import { createFreezes } from '../agencies/freezes.ts'
import { type Backlog, readBacklog } from '../bulk-codes/backlog.ts'
import { isPostgres, pendingMigrations } from '../database/migrate.ts'
import { createReadinessCheck } from '../database/readiness.ts'
import type { Server } from '../http/server.ts'
import { readJournalState } from '../journal/state.ts'
import { unixSeconds } from '../lib/times.ts'
import { readVersion } from '../lib/version.ts'
import { refusals } from '../schema/errors.ts'
import { closed, integerOrNull } from '../schema/fields.ts'
import { adminPath, config, type Dependencies, readCodes, tagged } from './shared.ts'

/** How many changes the last settling could not ask Stripe about. */
export type Upkeep = { state(): { unsettled: number } }

/** Whether Redis is up now. */
export type RedisState = () => { isUp: boolean }

const orNull = <P extends TProperties>(schema: TObject<P>) =>
  Type.Unsafe<Static<TObject<P>> | null>({ ...schema, nullable: true })

const statusSchema = Type.Object(
  {
    object: Type.String({ description: 'Always `status`.' }),
    version: Type.String({ description: 'The version of the server.' }),
    mode: Type.String({ description: 'Which Stripe it works on: `sandbox`, `test` or `live`.' }),
    database: Type.Object(
      {
        kind: Type.String({ description: '`sqlite` or `postgres`.' }),
        writable: Type.Boolean({
          description: 'Whether it takes writes. What could not be read from it is null.',
        }),
        pending_migrations: { ...integerOrNull, description: 'How many migrations it lacks.' },
      },
      { ...closed, description: 'The database.' },
    ),
    redis: orNull(
      Type.Object(
        { reachable: Type.Boolean({ description: 'While it is not, each process keeps its own limits.' }) },
        { ...closed, description: 'Redis; null where none is configured.' },
      ),
    ),
    journal: orNull(
      Type.Object(
        {
          last_seal: { ...integerOrNull, description: 'The number of the newest seal.' },
          last_sealed_at: { ...integerOrNull, description: 'When it was written, in Unix seconds.' },
          unsealed: Type.Integer({ description: 'How many events are not sealed yet.' }),
          unsettled: Type.Integer({
            description:
              'About how many changes without a clear answer this process could not ask Stripe about when it last settled, which it does once a minute.',
          }),
        },
        { ...closed, description: 'The journal.' },
      ),
    ),
    jobs: orNull(
      Type.Object(
        {
          unfinished: Type.Integer({ description: 'How many bulk jobs are not finished.' }),
          pending_codes: Type.Integer({ description: 'How many of their codes are not settled.' }),
        },
        { ...closed, description: 'The queue of bulk jobs, in this mode.' },
      ),
    ),
    freezes: Type.Unsafe<{ target: string; frozen_at: number }[] | null>({
      type: 'array',
      nullable: true,
      items: Type.Object(
        {
          target: Type.String({ description: '`platform`, or the id of an agency or an API key.' }),
          frozen_at: Type.Integer({ description: 'Since when, in Unix seconds.' }),
        },
        closed,
      ),
      description: 'What the operator has frozen.',
    }),
  },
  {
    $id: 'Status',
    ...closed,
    examples: [
      {
        object: 'status',
        version: '2.0.0',
        mode: 'live',
        database: { kind: 'postgres', writable: true, pending_migrations: 0 },
        redis: { reachable: true },
        journal: { last_seal: 1042, last_sealed_at: 1700000000, unsealed: 3, unsettled: 0 },
        jobs: { unfinished: 1, pending_codes: 60 },
        freezes: [],
      },
    ],
  },
)

export function addStatusRoute(
  server: Server,
  { database, stripe: { mode } }: Dependencies,
  upkeep: Upkeep,
  redis?: RedisState,
): void {
  server.addSchema(statusSchema)
  const checkReadiness = createReadinessCheck(database)

  server.route({
    method: 'GET',
    url: `${adminPath}/status`,
    config,
    schema: {
      ...tagged('Platform'),
      operationId: 'retrieveStatus',
      summary: 'Retrieve Status',
      description: 'How the server is. It answers also while the database does not.',
      response: { 200: { description: 'OK', $ref: 'Status#' }, ...refusals(...readCodes) },
    },
    handler: async ({ id, log }) => {
      const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | null> =>
        await work().catch((err: unknown) => {
          log.warn({ request_id: id, err, what }, 'the database does not answer')
          return null
        })
      // At once, because each may have to wait until the database is given up.
      const [isWritable, pending, journal, backlog, freezes] = await Promise.all([
        attempt('write', async () => await checkReadiness().then(() => true)),
        attempt('migrations', async () => await pendingMigrations(database)),
        attempt('journal', async () => await readJournalState(database)),
        attempt('jobs', async () => await readBacklog(database, mode)),
        attempt('freezes', async () => await createFreezes(database, mode).list()),
      ])
      return {
        object: 'status',
        version: readVersion(),
        mode,
        database: {
          kind: isPostgres(database) ? 'postgres' : 'sqlite',
          writable: isWritable ?? false,
          pending_migrations: pending?.length ?? null,
        },
        redis: redis ? { reachable: redis().isUp } : null,
        journal: journal && {
          last_seal: journal.lastSeal?.number ?? null,
          last_sealed_at: unixSeconds(journal.lastSeal?.at ?? null),
          unsealed: journal.unsealed,
          unsettled: upkeep.state().unsettled,
        },
        jobs: backlog && { unfinished: total(backlog, 'jobs'), pending_codes: total(backlog, 'codes') },
        freezes: freezes && freezes.map(({ target, frozenAt }) => ({ target, frozen_at: unixSeconds(frozenAt) })),
      }
    },
  })
}

const total = (backlog: Backlog[], of: 'jobs' | 'codes') => backlog.reduce((sum, state) => sum + state[of], 0)
