import { createAgencies } from '../agencies/agencies.ts'
import { readConfig } from '../config.ts'
import type { Database } from '../database/database.ts'
import { openResources, type Resources } from '../dependencies.ts'
import { UsageError } from './command.ts'

/** Opens the resources of the configured server for one piece of work and closes them after it. */
export async function withResources<T>(work: (resources: Resources) => Promise<T>): Promise<T> {
  const resources = await openResources(readConfig())
  try {
    return await work(resources)
  } finally {
    await resources.close()
  }
}

/** The agency that `--agency` names. @throws UsageError where it is missing, Error where nobody has that id */
export async function requireAgency(database: Database, id: unknown): Promise<string> {
  if (typeof id !== 'string') throw new UsageError('Give the agency: --agency ag_…')
  if (!(await createAgencies(database).findAgency(id)))
    throw new Error(`There is no agency ${id}. See: chatdash agency list`)
  return id
}
