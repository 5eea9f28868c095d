import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { isRecord } from '../lib/is-record.ts'
import type { EventRow, Seal } from './seal.ts'

type Sealed = { seal: Seal | undefined; events: EventRow[] }

/** Writes a new file of JSON lines: the events of a seal, then the seal. @throws where the file exists */
export async function writeExport(file: string, journal: AsyncIterable<Sealed>): Promise<void> {
  await pipeline(linesOf(journal), createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }))
}

async function* linesOf(journal: AsyncIterable<Sealed>): AsyncGenerator<string> {
  for await (const { seal, events } of journal) {
    const lines = [...events.map((event) => ({ event })), ...(seal ? [{ seal }] : [])]
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  }
}

/** Reads what `writeExport` wrote. @throws where a line is neither an event nor a seal */
export async function* readExport(file: string): AsyncGenerator<Sealed> {
  let events: EventRow[] = []
  let number = 0
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1
    const line = parse(text)
    if (line?.event) events.push(line.event)
    else if (line?.seal) {
      yield { seal: line.seal, events }
      events = []
    } else throw new Error(`Line ${number} of ${file} is neither an event nor a seal.`)
  }
  yield { seal: undefined, events }
}

function parse(text: string): { event?: EventRow; seal?: Seal } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    // What the fields hold is for verifying to say.
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
