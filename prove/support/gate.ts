import type { WireRequest } from '../../src/lib/wire.ts'
import type { Exchange } from './wire.ts'

type Hold = {
  /** Which requests are held. */
  path: RegExp
  method: 'POST' | 'GET'
  /** Whether they are held before Stripe acts or after that. */
  when: 'before' | 'after'
  /** How many have to be held. */
  count: number
}

/** What becomes of the requests that are held: Stripe carries them out after all, or they are lost. */
export type Release = 'apply' | 'drop'

export type Gate = ReturnType<typeof createGate>

/** Holds requests on their way to Stripe or answers on their way back, so that a process can be killed exactly there. */
export function createGate() {
  let hold: (Hold & { reached: PromiseWithResolvers<void>; released: PromiseWithResolvers<Release> }) | undefined
  let held = 0

  return {
    /** Holds from now on; resolves when so many requests are held. */
    async hold(wanted: Hold): Promise<void> {
      held = 0
      hold = { ...wanted, reached: Promise.withResolvers(), released: Promise.withResolvers() }
      await hold.reached.promise
    },

    release(how: Release): void {
      hold?.released.resolve(how)
      hold = undefined
    },

    async pass({ request, apply, reply }: Exchange): Promise<void> {
      const mine = hold && matches(hold, request) ? hold : undefined
      if (!mine) return reply(await apply())
      const done = mine.when === 'after' ? await apply() : undefined
      held += 1
      if (held >= mine.count) mine.reached.resolve()
      const how = await mine.released.promise
      if (done) return reply(done)
      if (how === 'apply') reply(await apply())
    },
  }
}

function matches({ path, method }: Hold, request: WireRequest): boolean {
  return request.method === method && path.test(request.path)
}
