import { report } from 'node:process'
import { besideNoise, isBeyond } from './support/beside.ts'
import type { Noise } from './support/noise.ts'
import type { Options } from './support/program.ts'
import { quantile } from './support/statistics.ts'

/** How much longer the slowest hundredth of an agency's answers may take: a connection more costs every process a little. */
const ratioMax = 3
/** What a connection may cost the process, and what a flood may cost it beside, in bytes. */
const bytesPerConnectionMax = 48 * 1_024
const bytesMax = 64 * 2 ** 20

/** Whether strangers who hold connections, read or send slowly, or invent keys slow down an agency or fill the memory. */
export async function run({ quick }: Options) {
  const connections = Math.min(quick ? 500 : 5_000, filesMax() - 500)
  const windows = quick ? { ms: 800, blocks: 1 } : { ms: 5_000, blocks: 2 }
  return await besideNoise({}, async ({ server, measure }) => {
    const counts: Record<string, number> = {
      connections,
      'bound of the ratio': ratioMax,
      'bound of memory, MB': megabytes(bytesMax + connections * bytesPerConnectionMax),
    }
    const violations: string[] = []
    // What slow readers ask for is made once, on the first request.
    await (await fetch(`${server.url}/openapi.json`)).arrayBuffer()
    for (const [name, noise] of Object.entries(floods(connections, quick ? 100 : 1_000))) {
      const measured = await measure(noise, windows)
      const { quietP99, noisyP99, ratios, answered, refused, growth } = measured
      counts[`${name}: p99 without, ms`] = rounded(quietP99)
      counts[`${name}: p99 beside, ms`] = rounded(noisyP99)
      counts[`${name}: median ratio`] = rounded(quantile(ratios, 0.5))
      counts[`${name}: RSS more, MB`] = megabytes(growth)
      for (const [how, count] of Object.entries(answered)) counts[`${name}: ${how}`] = count
      if (isBeyond(ratioMax, measured, quick)) violations.push(`${name}: an agency's p99 is beyond the bound.`)
      if (growth > bytesMax + connections * bytesPerConnectionMax) {
        violations.push(`${name}: the process has grown by ${megabytes(growth)} MB.`)
      }
      if (refused !== undefined) violations.push(`${name}: an agency was refused: ${refused}`)
    }
    const { suspicious } = await server.call('log')
    violations.push(...suspicious.map((line) => `The log has an error or a secret: ${line}`))
    return { counts, violations }
  })
}

function floods(connections: number, rate: number): Record<string, Noise> {
  return {
    'idle connections': { connections, opening: '' },
    'slow senders': { connections, opening: 'POST /v1/public/events HTTP/1.1\r\nHost: x\r\nX-Slow: ', drip: 'x' },
    // Fewer, because the kernel holds up to megabytes of an answer for each, which is not the server's to bound.
    'slow readers': { connections: connections / 5, opening: 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n' },
    'invented keys': { rate, sent: { method: 'GET', path: '/v1/public/events', headers: { authorization: 'KEY' } } },
  }
}

/** How many files, and so connections, a process of this machine may open. */
function filesMax(): number {
  const { userLimits } = report.getReport() as { userLimits: { open_files: { hard: number | 'unlimited' } } }
  const { hard } = userLimits.open_files
  return hard === 'unlimited' ? Infinity : hard
}

const rounded = (value: number) => Math.round(value * 100) / 100
const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20)
