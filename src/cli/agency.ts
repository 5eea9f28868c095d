import { createAgencies } from '../agencies/agencies.ts'
import type { Command } from './command.ts'
import { readName } from './name.ts'
import { say, sayRows } from './output.ts'
import { withResources } from './with-dependencies.ts'

export const agencyCreate: Command = {
  positionalsMax: 1,
  help: 'Usage: chatdash agency create NAME [--json]\n\nPrints the id of the new agency.',
  async run({ values, positionals }) {
    const name = readName(positionals[0], 'Give the name of the agency, quoted if it has spaces.')
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
