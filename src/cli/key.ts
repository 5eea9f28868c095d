import { createApiKeys } from '../agencies/api-keys.ts'
import { type Command, UsageError } from './command.ts'
import { note, say, sayRows } from './output.ts'
import { requireAgency, withResources } from './with-dependencies.ts'

export const keyCreate: Command = {
  help: `Usage: chatdash key create --agency ID --name NAME [--json]

Prints the key, once: it is stored as a hash and cannot be shown again. NAME says what uses it, such as "n8n".`,
  options: { agency: { type: 'string' }, name: { type: 'string' } },
  async run({ values }) {
    const { name } = values
    if (typeof name !== 'string' || name.trim() === '') throw new UsageError('Say what uses the key: --name "n8n"')
    const key = await withResources(async ({ database, stripe }) =>
      createApiKeys(database, stripe.mode).createKey(await requireAgency(database, values['agency']), name),
    )
    if (values['json'] === true) return say(JSON.stringify(key))
    say(key.secret)
    note(`This is ${key.id}. Keep the key now: it cannot be shown again.`)
  },
}

export const keyList: Command = {
  help: 'Usage: chatdash key list --agency ID [--json]\n\nOf a key only its last four digits are known.',
  options: { agency: { type: 'string' } },
  async run({ values }) {
    const keys = await withResources(async ({ database, stripe }) =>
      createApiKeys(database, stripe.mode).listKeys(await requireAgency(database, values['agency'])),
    )
    // What a key may do fills no table: see `key show`.
    const rows = keys.map(({ bounds: _bounds, ...row }) => row)
    sayRows(rows, values['json'] === true)
  },
}

export const keyRevoke: Command = {
  positionalsMax: 1,
  help: 'Usage: chatdash key revoke KEY_ID\n\nThe key stops working within one second, in every process. There is no way back.',
  async run({ positionals }) {
    const [id] = positionals
    if (id === undefined) throw new UsageError('Give the id of the key: key_…')
    if (!(await withResources(({ database, stripe }) => createApiKeys(database, stripe.mode).revokeKey(id)))) {
      throw new Error(`There is no key ${id}. See: chatdash key list`)
    }
    note(`${id} is revoked.`)
  },
}
