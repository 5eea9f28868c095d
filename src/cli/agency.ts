import { createAgencies } from '../agencies/agencies.ts'
import { type Command, UsageError } from './command.ts'
import { say, sayRows } from './output.ts'
import { withResources } from './with-dependencies.ts'

export const agencyCreate: Command = {
  positionalsMax: 1,
  help: 'Usage: chatdash agency create NAME [--json]\n\nPrints the id of the new agency.',
  async run({ values, positionals }) {
    const [name = ''] = positionals
    // oxlint-disable-next-line no-control-regex -- a name is shown in tables on a terminal
    if (name.trim() === '' || /[\u0000-\u001f\u007f]/.test(name)) {
      throw new UsageError('Give the name of the agency, quoted if it has spaces.')
    }
    const agency = await withResources(({ database }) => createAgencies(database).createAgency(name))
    say(values['json'] === true ? JSON.stringify(agency) : agency.id)
  },
}

export const agencyList: Command = {
  help: 'Usage: chatdash agency list [--json]',
  async run({ values }) {
    sayRows(await withResources(({ database }) => createAgencies(database).listAgencies()), values['json'] === true)
  },
}
