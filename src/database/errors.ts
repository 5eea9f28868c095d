/** Node's codes of a host that is not reached. A name may be unknown until its container starts. */
const networkCodes = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

/** Whether the host, or the socket of a server on this machine, was not reached. */
export function isNetworkError(error: Error): boolean {
  const { code = '', syscall }: NodeJS.ErrnoException = error
  return networkCodes.has(code) || (code === 'ENOENT' && syscall === 'connect')
}

/** Messages of pg's errors that have no code. */
export const connectionLost =
  /^(Connection terminated|Client .* is not queryable|timeout exceeded when trying to connect|timeout expired)/

/** The code of every error of the thread that writes SQLite, as Node gives it to SQLite's own. */
export const sqliteCode = 'ERR_SQLITE_ERROR'

/** Whether an error comes from the database or from the way to it, and not from our own code. */
export function isDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  // PostgreSQL's codes are five characters: https://www.postgresql.org/docs/current/errcodes-appendix.html
  const isOfDatabase = code === sqliteCode || /^[0-9A-Z]{5}$/.test(code)
  return isOfDatabase || isNetworkError(error) || connectionLost.test(error.message)
}
