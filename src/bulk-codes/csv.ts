import type { BulkJob } from './schema.ts'

const columns = ['code', 'status', 'promotion_code', 'error_code', 'error'] as const

/** The codes of a job as CSV (RFC 4180), with a line of names. */
export function csvOf(codes: BulkJob['codes']): string {
  const lines = [columns, ...codes.map((code) => columns.map((column) => code[column] ?? ''))]
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('')
}

/**
 * A spreadsheet takes a field that begins with =, +, - or @ for a formula, and a code may begin with a dash; an apostrophe
 * before it makes it text.
 */
function field(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
