import type { Expansion } from './expand.ts'
import type { Shape, Values } from './params.ts'
import type { Faults } from '../faults.ts'
import type { RequestLog } from '../request-log.ts'
import type { Settings } from '../store/settings.ts'
import type { Store } from '../store/store.ts'

/** The account and mode that an object belongs to. `id` is the account's sequence number; 0 and -1 are the platform in test and live mode. */
export type AccountScope = { id: number; livemode: boolean; account: string }

/** Everything that an endpoint may use besides its parameters. Endpoints are synchronous and run in one transaction. */
export type Context = {
  store: Store
  settings: Settings
  faults: Faults
  log: RequestLog
  scope: AccountScope
  /** The sandbox's clock, in Unix seconds. */
  now: number
  version: string
  /** The version of requests that name none. */
  defaultVersion: string
  /** The caller's secret key. */
  secretKey: string
  expand: Expansion
}

export type Endpoint<S extends Shape = Shape> = {
  method: 'GET' | 'POST' | 'DELETE'
  /** A `*` stands for the object's id. */
  path: string
  params: S
  /** Parameters that an API version does not know. */
  hidden?: (version: string) => readonly string[]
  /** Properties that `expand` may name; for a list, those of its items. */
  expands?: (version: string) => Expansion
  isList?: true
  /** Runs for the platform whatever account the request names. */
  onPlatform?: true
  run(context: Context, params: Values<S>, id: string): object
}

/** Infers the handler's parameter types from their declaration, then erases them so that all endpoints fit one table. */
export function endpoint<S extends Shape>(one: Endpoint<S>): Endpoint {
  return one
}

/** The parameters that an API version knows. */
export function paramsIn({ params, hidden }: Endpoint, version: string): Shape {
  const names = hidden?.(version) ?? []
  return names.length === 0
    ? params
    : Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)))
}
