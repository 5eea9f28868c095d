import type { BulkCode } from './schema.ts'

const columns = ['code', 'status', 'promotion_code', 'error_code', 'error'] as const

/** The first line of the CSV (RFC 4180): the names of the columns. */
export const csvHeader = lineOf(columns)

/** The codes of a job as lines of CSV. */
export function csvLines(codes: BulkCode[]): string {
  return codes.map((code) => lineOf(columns.map((column) => code[column] ?? ''))).join('')
}

function lineOf(fields: readonly string[]): string {
  return `${fields.map(field).join(',')}\r\n`
}

/**
 * A spreadsheet takes a field that begins with =, +, - or @ for a formula, and a code may begin with a dash; an apostrophe
 * before it makes it text.
 */
function field(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
