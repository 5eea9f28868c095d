import { createAgencies } from '../agencies/agencies.ts'
import { createAgencyChanges } from '../agencies/agency-changes.ts'
import { type Command, UsageError } from './command.ts'
import { readName } from './name.ts'
import { note, say, sayJson, sayRows } from './output.ts'
import { requireAgency, withResources } from './with-resources.ts'

const hint = 'Give the id or the name of the agency.'

export const agencyCreate: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash agency create NAME [--json]

Prints the id of the new agency. A name that another agency has is taken all the same; commands then ask for the id.`,
  async run({ values, positionals }) {
    const name = readName(positionals[0], 'Give the name of the agency, quoted if it has spaces.')
    const agency = await withResources(({ database, stripe }) =>
      createAgencyChanges(database, stripe.mode).create(name),
    )
    if (values['json'] === true) sayJson(agency)
    else say(agency.id)
  },
}

export const agencyList: Command = {
  help: 'Usage: chatdash agency list [--json]',
  async run({ values }) {
    sayRows(await withResources(({ database }) => createAgencies(database).listAgencies()), values['json'] === true)
  },
}

export const agencyRename: Command = {
  positionalsMax: 2,
  help: 'Usage: chatdash agency rename AGENCY NAME\n\nAGENCY is its id, or its name where no other has it.',
  async run({ positionals: [given, newName] }) {
    if (given === undefined) throw new UsageError(hint)
    const name = readName(newName, 'Give the new name, quoted if it has spaces.')
    await withResources(async ({ database, stripe }) => {
      const agency = await requireAgency(database, given)
      await createAgencyChanges(database, stripe.mode).rename(agency, name)
      note(`${agency.id} is now named ${name}.`)
    })
  },
}

/** A command that archives an agency, or undoes that. */
function archiving(isArchiving: boolean): Command {
  const effect = isArchiving
    ? 'Within a second, in every process, none of its keys works, for reads neither, and what is left of its bulk jobs fails. Nothing is\n' +
      'deleted: its accounts stay its own, and its coupons stay in Stripe.'
    : 'Its keys work again within a second, except those that were revoked or have expired.'
  return {
    positionalsMax: 1,
    help: `Usage: chatdash agency ${isArchiving ? 'archive' : 'unarchive'} AGENCY\n\n${effect}`,
    async run({ positionals: [given] }) {
      await withResources(async ({ database, stripe }) => {
        const agency = await requireAgency(database, given, hint)
        const changes = createAgencyChanges(database, stripe.mode)
        const isChanged = await (isArchiving ? changes.archive(agency) : changes.unarchive(agency))
        note(`${agency.id} ${isChanged ? 'is now' : 'was already'} ${isArchiving ? 'archived' : 'not archived'}.`)
      })
    },
  }
}

export const agencyArchive = archiving(true)
export const agencyUnarchive = archiving(false)
