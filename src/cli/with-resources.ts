import { type Agency, createAgencies } from '../agencies/agencies.ts'
import type { ApiKey, ApiKeys } from '../agencies/api-keys.ts'
import { readConfig } from '../config.ts'
import type { Database } from '../database/database.ts'
import { openResources, type Resources } from '../dependencies.ts'
import { UsageError } from './command.ts'
import { printable } from './output.ts'

/** Opens the resources of the configured server for one piece of work and closes them after it. */
export async function withResources<T>(work: (resources: Resources) => Promise<T>): Promise<T> {
  const resources = await openResources(readConfig())
  try {
    return await work(resources)
  } finally {
    await resources.close()
  }
}

/**
 * The agency that an id or a name names.
 * @throws UsageError with the hint where nothing is given, Error where no agency or more than one is meant
 */
export async function requireAgency(
  database: Database,
  given: unknown,
  hint = 'Give the agency: --agency ag_…',
): Promise<Agency> {
  if (typeof given !== 'string') throw new UsageError(hint)
  const [agency, ...others] = await createAgencies(database).findByIdOrName(given)
  if (!agency) throw new Error(`There is no agency ${printable(given)}. See: chatdash agency list`)
  if (others.length > 0) {
    const ids = [agency, ...others].map(({ id }) => id).join(', ')
    throw new Error(`More than one agency is named ${printable(given)}: ${ids}. Give the id of one.`)
  }
  return agency
}

/** As `requireAgency`. @throws Error also where it is archived */
export async function requireActiveAgency(database: Database, given: unknown): Promise<Agency> {
  const agency = await requireAgency(database, given)
  if (agency.archivedAt === null) return agency
  throw new Error(`${agency.id} is archived. To undo that: chatdash agency unarchive ${agency.id}`)
}

/** The key of this id. @throws UsageError where none is given, Error where there is none */
export async function requireKey(keys: ApiKeys, id: string | undefined): Promise<ApiKey> {
  if (id === undefined) throw new UsageError('Give the id of the key: key_…')
  const key = await keys.findById(id)
  if (!key) throw new Error(`There is no key ${printable(id)}. To see an agency's: chatdash key list --agency ag_…`)
  return key
}
