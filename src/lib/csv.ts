/** One line of CSV (RFC 4180). */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(fieldOf).join(',')}\r\n`
}

/**
 * A spreadsheet takes a field that begins with =, +, - or @ for a formula, and a promotion code may begin with a dash; an apostrophe
 * before it makes it text.
 */
function fieldOf(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
