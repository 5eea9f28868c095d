import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { buildApp, buildBulkWorker } from '../../src/app.ts'
import { checkDatabase } from '../../src/database/database.ts'
import { createLog } from '../../src/http/log.ts'
import { createJournal, type Journal } from '../../src/journal/journal.ts'
import { createSettle } from '../../src/journal/settle.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import { openDisk } from './disk.ts'
import type { FaultPlan } from './faults.ts'
import { createActor } from './queue.ts'
import type { Wire } from './wire.ts'
import type { World } from './world.ts'

export type ServerProcess = Awaited<ReturnType<typeof openProcess>>

const mode = 'sandbox'
/** Longer than a history. */
const settleBackMs = 8 * 3_600_000

/**
 * One server process: the real app, worker and settling over the simulated disk and wire. Building an app is slow, so that a
 * process serves many histories: after each, `finish` brings everything to its end that a crash has left, and its memory holds
 * nothing that the next history, with other keys and accounts and a day later, could see.
 */
export async function openProcess(world: World, wire: Wire, path: string, number: number, plan: () => FaultPlan) {
  const actor = createActor(`p${number}`)
  const log = createLog('silent', { write() {} })
  const disk = openDisk(world, actor, path, plan)
  const { database } = disk
  const stripe = createStripeClient({
    secretKey: 'sk_test_simulation',
    mode,
    send: wire.sendFor(actor),
    timeoutMs: 5_000,
    retriesMax: 2,
  })
  let own = createJournal(database, { mode, log })
  const journal: Journal = {
    // Not async, so that the change is known to its author's call to Stripe.
    append(event) {
      if (event.change_id != null) world.enterChange(event.change_id)
      return own.append(event)
    },
    appendEventually: (event) => own.appendEventually(event),
    unwritten: () => own.unwritten(),
    flush: () => own.flush(),
    close: () => own.close(),
    findAttempts: async (...asked) => await own.findAttempts(...asked),
  }
  const common = { database, journal, stripe, log }
  const app = await buildApp({ ...common, rateLimitPerSecond: 1_000, bulkPendingCodesMax: 1_000 })
  await app.ready()
  const settle = createSettle({ database, journal, stripe, accounts: createAccounts(database, mode) })
  let worker: ReturnType<typeof buildBulkWorker> | undefined
  let crashed = Promise.withResolvers<'lost'>()

  return {
    actor,
    database,

    /** Opens what opens at its first use, so that no history differs from its repetition by that. */
    async warmUp(): Promise<void> {
      await checkDatabase(database)
      await world.run({ actor }, async () => await stripe.checkPlatform())
    },

    /** Whether it takes requests; one that is paused takes them too, and answers later. */
    isUp: () => actor.isAlive && !actor.isDraining,

    start(): void {
      const started = buildBulkWorker({ ...common, bulkCodesPerSecond: 10, searchEveryMs: 4_000 })
      worker = started
      world.run({ actor }, () => started.start())
    },

    /** The answer; `lost` where the process dies before it has given one. */
    async request(options: InjectOptions, attempt?: unknown): Promise<LightMyRequestResponse | 'lost'> {
      // Until it is awaited, an injected request is not sent.
      const answer = world.run({ actor, attempt }, async () => await app.inject(options))
      return await Promise.race([answer, crashed.promise])
    },

    /** Settles what the journal has open, as the operator's command and the upkeep do. */
    async settle(): Promise<void> {
      const all = async () => {
        for await (const settled of settle({ since: Date.now() - settleBackMs })) {
          if ('failure' in settled) world.note(`${actor.name} cannot settle ${settled.event.id}: ${settled.failure}`)
          else world.note(`${actor.name} settles ${settled.event.type}: ${settled.verdict.sentence}`)
        }
      }
      const done = world.run({ actor }, () => all().catch(() => world.note(`${actor.name} cannot settle`)))
      await Promise.race([done, crashed.promise])
    },

    crash(): void {
      world.note(`${actor.name} crashes`)
      actor.isAlive = false
      disk.crash()
      crashed.resolve('lost')
    },

    /** Shuts down in an orderly way, as far as it still lives. */
    async stop(): Promise<void> {
      const stopping = world.run({ actor }, async () => {
        await worker?.stop()
        await own.close()
      })
      await Promise.race([stopping, crashed.promise])
    },

    /** After the history: lets all that a crash has left fail, and so end. */
    release(): void {
      actor.isDraining = true
      world.revive(actor)
      void world.run({ actor }, async () => {
        await worker?.stop()
        await own.close()
      })
    },

    /** Makes it a new process, once all has ended. */
    reset(): void {
      const left = app.unfinishedRequests()
      if (left.length > 0) throw new Error(`${actor.name} still has requests: ${JSON.stringify(left)}`)
      Object.assign(actor, createActor(actor.name))
      worker = undefined
      own = createJournal(database, { mode, log })
      crashed = Promise.withResolvers<'lost'>()
    },
  }
}
