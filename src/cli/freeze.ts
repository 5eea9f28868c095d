import { createApiKeys } from '../agencies/api-keys.ts'
import { createFreezes, type FreezeTarget } from '../agencies/freezes.ts'
import type { Resources } from '../dependencies.ts'
import { type Command, UsageError } from './command.ts'
import { note } from './output.ts'
import { requireAgency, requireKey, withResources } from './with-resources.ts'

const effect =
  'Within a second, in every process: writes are refused with 403, reads go on, and running bulk jobs wait.'
const end = 'Writes go on within a second, in every process, and bulk jobs with them. Another freeze may still hold.'

async function change({ database, stripe }: Resources, target: FreezeTarget, isFreeze: boolean): Promise<void> {
  const freezes = createFreezes(database, stripe.mode)
  const isChanged = await (isFreeze ? freezes.freeze(target) : freezes.unfreeze(target))
  const subject = target.kind === 'platform' ? 'The platform' : target.id
  const state = isFreeze ? 'frozen' : 'not frozen'
  note(`${subject} ${isChanged ? 'is now' : 'was already'} ${state}.`)
}

/** A command that freezes, or unfreezes, the key or the agency that its argument names. */
function ofOne(kind: 'api_key' | 'agency', isFreeze: boolean): Command {
  const noun = kind === 'agency' ? 'agency' : 'key'
  return {
    positionalsMax: 1,
    help: `Usage: chatdash ${noun} ${isFreeze ? 'freeze' : 'unfreeze'} ID\n\n${isFreeze ? effect : end}`,
    async run({ positionals }) {
      const [id] = positionals
      if (id === undefined) throw new UsageError(`Give the id of the ${noun}.`)
      await withResources(async (resources) => {
        const { database, stripe } = resources
        const found =
          kind === 'agency'
            ? await requireAgency(database, id)
            : await requireKey(createApiKeys(database, stripe.mode), id)
        await change(resources, { kind, id: found.id }, isFreeze)
      })
    },
  }
}

function ofAll(isFreeze: boolean): Command {
  return {
    help: `Usage: chatdash ${isFreeze ? 'freeze' : 'unfreeze'} --all\n\n${isFreeze ? effect : end}`,
    options: { all: { type: 'boolean' } },
    async run({ values }) {
      if (values['all'] !== true) {
        throw new UsageError('Say --all for the whole platform; for less there are key freeze and agency freeze.')
      }
      await withResources((resources) => change(resources, { kind: 'platform' }, isFreeze))
    },
  }
}

export const keyFreeze = ofOne('api_key', true)
export const keyUnfreeze = ofOne('api_key', false)
export const agencyFreeze = ofOne('agency', true)
export const agencyUnfreeze = ofOne('agency', false)
export const freeze = ofAll(true)
export const unfreeze = ofAll(false)
