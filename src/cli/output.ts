type Row = Record<string, string | number | null>

/** Writes one line to standard output. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Writes one line to standard error: for people, where standard output is for programs. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Writes rows as JSON, or as an aligned table. Columns that end in At are times. */
export function sayRows(rows: Row[], asJson: boolean): void {
  if (asJson) return say(JSON.stringify(rows, null, 2))
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

function cell(column: string, value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '-'
  return column.endsWith('At') && typeof value === 'number' ? new Date(value).toISOString() : String(value)
}
