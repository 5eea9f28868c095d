import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder } from '../../test/support/process.ts'
import { readExport, writeExport } from './export.ts'
import type { EventRow, Seal } from './seal.ts'

const event = (seq: number) => ({ seq, id: `evt_${seq}` }) as EventRow
const seal = (number: number) => ({ number }) as Seal
const sealed = [
  { seal: seal(1), events: [event(1), event(2)] },
  { seal: seal(2), events: [] },
  { seal: undefined, events: [event(3)] },
]
async function* journal() {
  yield* sealed
}
const read = async (file: string) => {
  const all = []
  for await (const one of readExport(file)) all.push(one)
  return all
}

test('an export is a file of the operator’s alone with a line for each event and, after those of a seal, the seal', async () => {
  const file = join(newFolder(), 'journal.jsonl')
  await writeExport(file, journal())
  expect(readFileSync(file, 'utf8')).toBe(
    [
      '{"event":{"seq":1,"id":"evt_1"}}',
      '{"event":{"seq":2,"id":"evt_2"}}',
      '{"seal":{"number":1}}',
      '{"seal":{"number":2}}',
      '{"event":{"seq":3,"id":"evt_3"}}',
      '',
    ].join('\n'),
  )
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await read(file)).toEqual(sealed)
})

test('an export replaces no file', async () => {
  const file = join(newFolder(), 'journal.jsonl')
  writeFileSync(file, 'mine')
  await expect(writeExport(file, journal())).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(file, 'utf8')).toBe('mine')
})

test.each(['no JSON', '{"other":1}', '5', 'null', ''])('a line of %j is named', async (line) => {
  const file = join(newFolder(), 'journal.jsonl')
  writeFileSync(file, `{"event":{"seq":1}}\n${line}\n`)
  await expect(read(file)).rejects.toThrow(`Line 2 of ${file} is neither an event nor a seal.`)
})
