/**
 * From the start of the process to its first 201, in the sandbox: `npm run bench -- start`. A new data directory (the tables
 * are made) beside one that is there, with a bare Node process for comparison.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

const rounds = 7
const cli = new URL('../src/cli/main.ts', import.meta.url).pathname

async function bareNode(): Promise<number> {
  const startedAt = performance.now()
  await once(spawn(process.execPath, ['-e', '0']), 'exit')
  return performance.now() - startedAt
}

async function firstCoupon(folder: string): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [cli, 'serve'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: folder, PORT: '0' },
  })
  const listening = new Promise<string>((resolve) => {
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const url = /listens on (\S+?), /.exec(out)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
  const url = await listening
  const { CHATDASH_API_KEY: key = '', CHATDASH_ACCOUNT_ID: account = '' } = parseEnv(
    readFileSync(join(folder, 'demo.env'), 'utf8'),
  )
  const { status } = await fetch(`${url}/v1/public/stripe/connect/accounts/${account}/coupons`, {
    method: 'POST',
    headers: { authorization: key, 'content-type': 'application/json' },
    body: '{"data":{"percent_off":25}}',
  })
  const took = performance.now() - startedAt
  if (status !== 201) throw new Error(`The first coupon answered ${status}.`)
  child.kill('SIGTERM')
  await once(child, 'exit')
  return took
}

const folders = Array.from({ length: rounds }, () => mkdtempSync(join(tmpdir(), 'chatdash-bench-')))
const times: Record<string, number[]> = { 'bare node': [], 'first start': [], 'next start': [] }
for (const folder of folders) {
  times['bare node']?.push(await bareNode())
  times['first start']?.push(await firstCoupon(folder))
  times['next start']?.push(await firstCoupon(folder))
  rmSync(folder, { recursive: true })
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const base = median(times['bare node'] ?? [])
console.log(`From start of the process to the first 201, median of ${rounds}:`)
for (const [name, values] of Object.entries(times)) {
  console.log(
    `${name.padEnd(12)} ${median(values).toFixed(0).padStart(5)} ms  ${(median(values) / base).toFixed(1)} × bare`,
  )
}
