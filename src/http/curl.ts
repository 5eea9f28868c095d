import type { Operation } from './operations.ts'

/**
 * The documented example of an operation as a command for a POSIX shell. Its variables are those of `demo.env`
 * (`CHATDASH_URL`, `CHATDASH_API_KEY`, `CHATDASH_ACCOUNT_ID`) and one for each other id of the path (`COUPON_ID`).
 */
export function curlOf({ method, path, body }: Operation): string {
  const url = `$CHATDASH_URL${path.replace(/\{(\w+)\}/g, (_, name: string) => `$${variableOf(name)}`)}`
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}"${url}"`,
    '-H "Authorization: $CHATDASH_API_KEY"',
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`]),
  ]
  return lines.join(' \\\n  ')
}

/** The shell variable of a path parameter: `couponId` is `COUPON_ID`. */
export function variableOf(parameter: string): string {
  if (parameter === 'accountId') return 'CHATDASH_ACCOUNT_ID'
  return parameter.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}
