import { readConfig } from '../config.ts'
import { readExport, writeExport } from '../journal/export.ts'
import { readPublicKey, readSealKey } from '../journal/seal-key.ts'
import { createSeals } from '../journal/sealing.ts'
import { type Report, verifySeals } from '../journal/verify.ts'
import { type Command, UsageError } from './command.ts'
import { note, say, sayJson } from './output.ts'
import { withResources } from './with-resources.ts'

export const journalSeal: Command = {
  help: `Usage: chatdash journal seal

Seals now what was added to the journal, as the server does every few seconds.`,
  async run() {
    const { journalSealKey: file } = readConfig()
    const key = file === undefined ? undefined : readSealKey(file)
    const count = await withResources(({ database }) => createSeals(database, key).seal())
    note(`${count} ${count === 1 ? 'seal' : 'seals'} written.`)
  },
}

export const journalVerify: Command = {
  help: `Usage: chatdash journal verify [--public-key FILE] [--export FILE] [--json]

Holds the journal, or with --export a file that \`journal export\` wrote, against its seals. Names the first event that was changed,
removed or slipped in; exit code 1 where there is one. With --public-key the newest seal must be signed by that key.`,
  options: { 'public-key': { type: 'string' }, export: { type: 'string' } },
  async run({ values }) {
    const keyFile = values['public-key']
    const key = typeof keyFile === 'string' ? readPublicKey(keyFile) : undefined
    const file = values['export']
    const report =
      typeof file === 'string'
        ? await verifySeals(readExport(file), key)
        : await withResources(({ database }) => verifySeals(createSeals(database).sealed(), key))
    if (values['json'] === true) sayJson({ ...report, finding: report.finding ?? null })
    else say(summaryOf(report, key !== undefined))
    return report.finding === undefined ? 0 : 1
  },
}

function summaryOf(report: Report, hasKey: boolean): string {
  if (report.finding !== undefined) return `FAIL  ${report.finding}`
  const parts = [
    `${report.events} events under ${report.seals} ${report.seals === 1 ? 'seal' : 'seals'} are as they were written`,
  ]
  if (hasKey) parts.push(`signed up to seal ${report.signedUpTo}`)
  if (report.removedByRetention > 0) parts.push(`${report.removedByRetention} events removed by retention`)
  if (report.unsealed > 0) parts.push(`${report.unsealed} events not sealed yet`)
  return `ok    ${parts.join('; ')}`
}

export const journalExport: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash journal export FILE

Writes all events and seals to a new file of JSON lines, which \`journal verify --export FILE\` can check on any machine.`,
  async run({ positionals }) {
    const [file] = positionals
    if (file === undefined) throw new UsageError('Give the file to write.')
    await withResources(({ database }) => writeExport(file, createSeals(database).sealed()))
    note(`The journal is in ${file}.`)
  },
}
