import { csvLine } from '../lib/csv.ts'
import type { BulkCode } from './schema.ts'

const columns = ['code', 'status', 'promotion_code', 'error_code', 'error'] as const

/** The first line of the CSV: the names of the columns. */
export const csvHeader = csvLine(columns)

/** The codes of a job as lines of CSV. */
export function csvLines(codes: BulkCode[]): string {
  return codes.map((code) => csvLine(columns.map((column) => code[column] ?? ''))).join('')
}
