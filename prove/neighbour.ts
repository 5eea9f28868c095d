import type { Tenant } from '../test/support/server.ts'
import { besideNoise, isBeyond } from './support/beside.ts'
import type { Noise } from './support/noise.ts'
import type { Options } from './support/program.ts'
import { quantile } from './support/statistics.ts'

/** What RATE_LIMIT_PER_SECOND and BULK_CODES_PER_SECOND are by default. */
const unitsPerSecond = 200
const codesPerSecond = 20
/** How much longer the slowest hundredth of another agency's answers may take. */
const bound = 2

/**
 * Whether an agency at ten times its limits slows down another, by requests, searches, bulk jobs, changes to keys or
 * bodies that take for ever.
 */
export async function run({ quick }: Options) {
  const windows = quick ? { ms: 800, blocks: 1 } : { ms: 5_000, blocks: 3 }
  return await besideNoise({ rateLimitPerSecond: unitsPerSecond }, async ({ server, measure }) => {
    const counts: Record<string, number> = { 'bound of the ratio': bound }
    const violations: string[] = []
    await server.call('startBulkWorker', codesPerSecond)
    const tenant = await server.call('openTenant')
    for (const [name, noise] of Object.entries(noises(tenant))) {
      const measured = await measure(noise, windows)
      const { quietP99, noisyP99, ratios, answered, refused } = measured
      counts[`${name}: p99 without, ms`] = rounded(quietP99)
      counts[`${name}: p99 beside, ms`] = rounded(noisyP99)
      counts[`${name}: median ratio`] = rounded(quantile(ratios, 0.5))
      counts[`${name}: best ratio`] = rounded(Math.min(...ratios))
      for (const [how, count] of Object.entries(answered)) counts[`${name}: noise, ${how}`] = count
      if (isBeyond(bound, measured, quick)) violations.push(`${name}: another agency's p99 is beyond the bound.`)
      if (refused !== undefined) violations.push(`${name}: another agency was refused: ${refused}`)
    }
    const { suspicious } = await server.call('log')
    violations.push(...suspicious.map((line) => `The log has an error or a secret: ${line}`))
    return { counts, violations }
  })
}

/** Ten times what one agency may ask for, of each kind. */
function noises({ coupons, key, keyId }: Tenant): Record<string, Noise> {
  const headers = { authorization: key }
  const asJson = { ...headers, 'content-type': 'application/json' }
  const codes = Array.from({ length: 1_000 }, (_, index) => `NOISE-${index}`)
  const get = (path: string) => ({ method: 'GET', path, headers })
  return {
    requests: { rate: 10 * unitsPerSecond, sent: get(`${coupons}/STUB`) },
    // A search reads up to a hundred pages, and each costs a unit.
    searches: { rate: (10 * unitsPerSecond) / 100, sent: get(`${coupons}?query=nothing`) },
    // Of jobs of 1,000 codes an agency may have 20 that are not finished.
    bulk: {
      rate: unitsPerSecond / 10,
      sent: {
        method: 'POST',
        path: `${coupons}/STUB/promotion-codes/bulk`,
        headers: asJson,
        body: JSON.stringify({ data: { codes } }),
      },
    },
    'key changes': {
      rate: 10 * unitsPerSecond,
      sent: {
        method: 'PUT',
        path: `/v1/public/keys/${keyId}`,
        headers: asJson,
        body: JSON.stringify({ data: { name: 'noise' } }),
      },
    },
    // An agency may have 200 requests in progress.
    'slow bodies': {
      connections: 10 * unitsPerSecond,
      opening: `POST ${coupons} HTTP/1.1\r\nHost: x\r\nAuthorization: ${key}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{`,
      drip: ' ',
    },
  }
}

const rounded = (value: number) => Math.round(value * 100) / 100
