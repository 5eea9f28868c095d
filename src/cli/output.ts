import { csvLine } from '../lib/csv.ts'
import { isRecord } from '../lib/is-record.ts'

type Row = Record<string, string | number | boolean | null>

/** Writes one line to standard output. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Writes one line to standard error: for people, where standard output is for programs. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Writes a value as JSON in the form of the API: names in snake_case, times in seconds since 1970. */
export function sayJson(value: unknown): void {
  say(JSON.stringify(toWire(value), null, 2))
}

function toWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toWire)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name === 'createdAt' ? 'created' : name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      name.endsWith('At') && typeof inner === 'number' ? Math.floor(inner / 1_000) : toWire(inner),
    ]),
  )
}

/** Writes rows as JSON, or as an aligned table. Columns that end in At are times. */
export function sayRows(rows: Row[], asJson: boolean): void {
  if (asJson) return sayJson(rows)
  const [first] = rows
  if (!first) return note('None yet.')
  const columns = Object.keys(first)
  const table = [columns, ...rows.map((row) => columns.map((column) => cell(column, row[column])))]
  const widths = columns.map((_, index) => Math.max(...table.map((line) => line[index]?.length ?? 0)))
  for (const line of table)
    say(
      line
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

/** Writes rows as CSV, with a line of names. */
export function sayCsv(rows: Row[]): void {
  const columns = Object.keys(rows[0] ?? {})
  for (const line of [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))]) {
    process.stdout.write(csvLine(line))
  }
}

function cell(column: string, value: Row[string] | undefined): string {
  if (value === null || value === undefined) return '-'
  return column.endsWith('At') && typeof value === 'number' ? new Date(value).toISOString() : printable(String(value))
}

/** The text without control characters: what a caller has sent must not steer the operator's terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- it is control characters that are replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
}
