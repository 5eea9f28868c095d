import { type ApiKeys, createApiKeys, type NewApiKey } from '../agencies/api-keys.ts'
import { defaultBounds } from '../agencies/bounds.ts'
import { toOperatorKey } from '../agencies/public-key.ts'
import { boundHelp, boundOptions, readBounds, readExpiry } from './bounds.ts'
import { type Command, UsageError } from './command.ts'
import { readDuration } from './durations.ts'
import { readName } from './name.ts'
import { note, say, sayJson, sayRows } from './output.ts'
import { linesOf } from './show-key.ts'
import { requireActiveAgency, requireAgency, requireKey, withResources } from './with-resources.ts'

export const keyCreate: Command = {
  help: `Usage: chatdash key create --agency ID --name NAME [LIMITS] [--json]

Prints the key, once: it is stored as a hash and cannot be shown again. NAME says what uses it, such as "n8n". LIMITS:

${boundHelp}`,
  options: { agency: { type: 'string' }, name: { type: 'string' }, ...boundOptions },
  async run({ values }) {
    const name = readName(values['name'], 'Say what uses the key: --name "n8n"')
    const limits = { bounds: { ...defaultBounds, ...readBounds(values) }, expiresAt: readExpiry(values) ?? null }
    const key = await withResources(async ({ database, stripe }) => {
      const agency = await requireActiveAgency(database, values['agency'])
      return await createApiKeys(database, stripe.mode).createKey(agency.id, name, limits)
    })
    sayNewKey(key, values['json'] === true)
  },
}

export const keyList: Command = {
  help: 'Usage: chatdash key list --agency ID [--json]\n\nOf a key only its last four digits are known.',
  options: { agency: { type: 'string' } },
  async run({ values }) {
    const keys = await withResources(async ({ database, stripe }) =>
      createApiKeys(database, stripe.mode).listKeys((await requireAgency(database, values['agency'])).id),
    )
    if (values['json'] === true) return sayJson(keys.map(toOperatorKey))
    // What a key may do fills no table: see `key show`.
    sayRows(
      keys.map(({ bounds: _bounds, ...row }) => row),
      false,
    )
  },
}

export const keyShow: Command = {
  positionalsMax: 1,
  help: 'Usage: chatdash key show KEY_ID [--json]\n\nSays what a key may do, when it expires and whether it is frozen.',
  async run({ values, positionals: [id] }) {
    const key = await withKeys((keys) => requireKey(keys, id))
    if (values['json'] === true) return sayJson(toOperatorKey(key))
    for (const line of linesOf(key)) say(line)
  },
}

export const keyUpdate: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash key update KEY_ID LIMITS

Replaces the limits that are given and leaves the others; in every process within a second, and running bulk jobs too. A
limit whose value is \`any\` is lifted: --max-percent any, --account any. Also: --expires never, --guard off. LIMITS:

${boundHelp}
  --forever                 coupons may last forever again`,
  options: { ...boundOptions, forever: { type: 'boolean' } },
  async run({ values, positionals: [id] }) {
    if (values['forever'] === true && values['no-forever'] === true) {
      throw new UsageError('Give --forever or --no-forever, not both.')
    }
    const changes = readBounds(values)
    const expiresAt = readExpiry(values)
    if (Object.keys(changes).length === 0 && expiresAt === undefined) throw new UsageError('Say what is to change.')
    await withKeys(async (keys) => {
      const key = await requireKey(keys, id)
      await keys.updateKey(key.id, (now) => ({
        bounds: { ...now.bounds, ...changes },
        expiresAt: expiresAt === undefined ? now.expiresAt : expiresAt,
      }))
      note(`${key.id} is changed. See: chatdash key show ${key.id}`)
    })
  },
}

export const keyRotate: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash key rotate KEY_ID --overlap DURATION [--json]

Prints a new key with the same limits, once. The old one works on for the overlap, such as 24h, and then no more; what its
bulk jobs have not made by then fails.`,
  options: { overlap: { type: 'string' } },
  async run({ values, positionals: [id] }) {
    const { overlap } = values
    if (typeof overlap !== 'string') throw new UsageError('Say how long the old key works on: --overlap 24h')
    const overlapMs = readDuration('overlap', overlap) * 1_000
    const key = await withResources(async ({ database, stripe }) => {
      const keys = createApiKeys(database, stripe.mode)
      const old = await requireKey(keys, id)
      await requireActiveAgency(database, old.agencyId)
      const made = await keys.rotateKey(old.id, overlapMs)
      if (made) return made
      const instead = `chatdash key create --agency ${old.agencyId} --name NAME`
      throw new Error(`${old.id} does not work any more, so there is nothing to replace. To make a new one: ${instead}`)
    })
    sayNewKey(key, values['json'] === true)
  },
}

export const keyRevoke: Command = {
  positionalsMax: 1,
  help: 'Usage: chatdash key revoke KEY_ID\n\nThe key stops working within one second, in every process. There is no way back.',
  async run({ positionals: [id] }) {
    await withKeys(async (keys) => await keys.revokeKey((await requireKey(keys, id)).id))
    note(`${id} is revoked.`)
  },
}

async function withKeys<T>(work: (keys: ApiKeys) => Promise<T>): Promise<T> {
  return await withResources(({ database, stripe }) => work(createApiKeys(database, stripe.mode)))
}

function sayNewKey(key: NewApiKey, asJson: boolean): void {
  if (asJson) return sayJson({ ...toOperatorKey(key), secret: key.secret })
  say(key.secret)
  note(`This is ${key.id}. Keep the key now: it cannot be shown again.`)
}
