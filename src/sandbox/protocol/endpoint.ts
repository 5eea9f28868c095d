import type { Expansion } from './expand.ts'
import type { Shape, Values } from './params.ts'
import type { Settings } from '../store/settings.ts'
import type { Store } from '../store/store.ts'

/** One account in one mode: what an object belongs to. `id` is the account's own place in the store. */
export type Space = { id: number; livemode: boolean; account: string }

/** All that an endpoint may look at besides its parameters. Everything it does is synchronous and happens whole or not. */
export type Context = {
  store: Store
  settings: Settings
  space: Space
  /** Unix seconds, by the sandbox's clock. */
  now: number
  version: string
  /** The caller's secret key. */
  secretKey: string
  expand: Expansion
}

export type Endpoint<S extends Shape = Shape> = {
  method: 'GET' | 'POST' | 'DELETE'
  /** A `*` stands for the id. */
  path: string
  params: S
  /** Parameters that a version does not know. */
  hidden?: (version: string) => readonly string[]
  /** What `expand` may name; of a list, in its items. */
  expands?: (version: string) => Expansion
  isList?: true
  /** Some things are the platform's whoever's account is named. */
  onPlatform?: true
  run(context: Context, params: Values<S>, id: string): object
}

/** Lets the handler's parameters follow from their declaration, and forgets them, so that all fit one table. */
export function endpoint<S extends Shape>(one: Endpoint<S>): Endpoint {
  return one
}
