import { addDocument } from '../http/document.ts'
import { createAddressLimit } from '../http/limits/address-limit.ts'
import type { Logger } from '../http/log.ts'
import { createServer, type Server, type ServerOptions } from '../http/server.ts'
import { type Clock, monotonicClock } from '../lib/clock.ts'
import { addAccountRoutes } from './accounts.ts'
import { addAgencyRoutes } from './agencies.ts'
import { adminApi } from './document.ts'
import { addEventRoute } from './events.ts'
import { refuseFailures } from './failures.ts'
import { requireToken } from './guard.ts'
import { addJobRoutes } from './jobs.ts'
import { addKeyRoutes } from './keys.ts'
import { addMetricsRoute, type Metrics } from './metrics.ts'
import { addPlatformRoutes } from './platform.ts'
import type { Dependencies } from './shared.ts'
import { addStatusRoute, type RedisState, type Upkeep } from './status.ts'

export type AdminOptions = Dependencies & {
  /** ADMIN_TOKEN. */
  token: string
  log: Logger
  /** What looks after the journal in this process. */
  upkeep: Upkeep
  /** The state of the limits that processes share; without it there are none. */
  redis?: RedisState | undefined
  /** What `/metrics` answers; without it there is no such path. */
  metrics?: Metrics | undefined
  observers?: ServerOptions['observers']
  now?: Clock['now']
}

/** Requests without the token that one address may make in a second before it gets 429. */
const failuresPerSecond = 10

/** The admin API, for a listener of its own. */
export function createAdminServer({
  token,
  log,
  upkeep,
  redis,
  metrics,
  observers,
  now = monotonicClock.now,
  ...resources
}: AdminOptions): Server {
  const server = createServer(log, { now, observers })
  const what = 'requests without the admin token'
  requireToken(server, token, createAddressLimit({ name: 'admin', what, perSecond: failuresPerSecond, log, now }))
  refuseFailures(server)
  addDocument(server, adminApi)
  addAgencyRoutes(server, resources)
  addAccountRoutes(server, resources)
  addKeyRoutes(server, resources)
  addPlatformRoutes(server, resources)
  addEventRoute(server, resources)
  addJobRoutes(server, resources)
  addStatusRoute(server, resources, upkeep, redis)
  if (metrics) addMetricsRoute(server, metrics)
  return server
}
