import { type CompiledQuery, type DatabaseConnection, type Dialect, Kysely } from 'kysely'
import type { Database, Tables } from '../../src/database/tables.ts'
import { isBusy } from '../../src/database/sqlite-statements.ts'
import { sqliteDialect } from '../../src/database/sqlite.ts'
import { errorOf, type Thread } from '../../src/database/sqlite-thread.ts'
import { type Answer, createWrites, type Work } from '../../src/database/sqlite-writes.ts'
import type { FaultPlan } from './faults.ts'
import type { Actor } from './queue.ts'
import type { World } from './world.ts'

const lockMs = 5_000
const lockRetryMs = 20

/**
 * The database as one process sees it: the project's own code over an SQLite file in memory, but the commits happen when the
 * world lets them, fail as the plan says, and are lost with the process unless they were done.
 */
export function openDisk(world: World, actor: Actor, path: string, plan: () => FaultPlan) {
  const write = createWrites()
  const latency = () => world.random().integer(0, 4)
  const gone = () => new Error('The process is dead.')

  const perform = async (work: Work): Promise<Answer> => {
    const giveUpAt = world.now() + lockMs
    for (;;) {
      if (actor.isDraining) throw gone()
      const answer = write(work)
      const isLocked = 'error' in answer && isBusy(errorOf(answer.error))
      if (!isLocked || world.now() >= giveUpAt) return answer
      await world.sleep(lockRetryMs)
    }
  }

  const ask: Thread['ask'] = async (work) => {
    const given = work.kind === 'open' ? { ...work, busyTimeoutMs: 0 } : work
    if (!world.isOn()) return outcomesOf(write(given))
    await world.sleep(latency())
    const isCommit = work.kind === 'group' || work.kind === 'commit'
    const fault = isCommit && world.random().chance(plan().commit) ? world.random().pick(['refused', 'lost']) : 'none'
    if (fault === 'refused') {
      world.note(`${actor.name} disk: a commit is refused`)
      if (work.kind === 'commit') write({ kind: 'rollback' })
      throw new Error('The disk is full.')
    }
    const answer = await perform(given)
    await world.sleep(latency())
    if (actor.isDraining) throw gone()
    if (fault === 'lost') {
      world.note(`${actor.name} disk: the answer of a commit is lost`)
      throw new Error('The answer of the database was lost.')
    }
    return outcomesOf(answer)
  }

  const read = async () => {
    if (!world.isOn()) return
    await world.sleep(latency())
    if (actor.isDraining) throw gone()
    if (!world.random().chance(plan().read)) return
    world.note(`${actor.name} disk: a read fails`)
    throw new Error('The database could not be read.')
  }

  const dialect = sqliteDialect(path, lockMs, () => ({ ask, stop: async () => {} }))
  const database: Database = new Kysely<Tables>({ dialect: withReads(dialect, read) })
  return {
    database,
    /** What the file's locks do when their process dies. */
    crash: () => void write({ kind: 'rollback' }),
  }
}

function outcomesOf(answer: Answer) {
  if ('error' in answer) throw errorOf(answer.error)
  return answer.outcomes
}

/** The dialect, whose reads outside of a transaction wait for `read` first. */
function withReads(dialect: Dialect, read: () => Promise<void>): Dialect {
  const createDriver = () => {
    const driver = dialect.createDriver()
    const delayed = new WeakSet<DatabaseConnection>()
    const acquire = driver.acquireConnection.bind(driver)
    driver.acquireConnection = async () => {
      const connection = await acquire()
      if (delayed.has(connection)) return connection
      delayed.add(connection)
      const execute = connection.executeQuery.bind(connection)
      connection.executeQuery = async <R>(query: CompiledQuery) => {
        const isInTransaction = 'isInTransaction' in connection && connection.isInTransaction === true
        if (!isInTransaction && /^\s*select/i.test(query.sql)) await read()
        return await execute<R>(query)
      }
      return connection
    }
    return driver
  }
  return { ...dialect, createDriver }
}
