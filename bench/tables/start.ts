import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { cli } from '../contestants/contestants.ts'
import { couponsOf, operations } from '../contestants/requests.ts'
import type { Benchmark } from '../main.ts'
import { newFolder, removeFolder, type Running, start as startProcess } from '../process.ts'
import { whole } from '../report.ts'
import { median } from '../statistics.ts'
import { cpuUsed } from '../usage.ts'

const bareServer = `
  const server = require('node:http').createServer((_, response) => response.writeHead(201).end())
  server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))`

type Took = { ms: number; cpuMs: number }

/** From the start of the process to its first 201, in the sandbox, where the data directory is new and where it is there. */
export const start: Benchmark = async (_, { isQuick }) => {
  const times: Record<string, Took[]> = { 'bare node:http': [], 'new directory': [], 'existing directory': [] }
  for (let round = 0; round < (isQuick ? 2 : 9); round += 1) {
    const folder = newFolder()
    const args = [cli, 'serve']
    const environment = { DATA_DIR: folder, PORT: '0' }
    times['bare node:http']?.push(await firstAnswer(['-e', bareServer], {}, () => ({ path: '/' })))
    times['new directory']?.push(await firstAnswer(args, environment, () => demoRequest(folder)))
    times['existing directory']?.push(await firstAnswer(args, environment, () => demoRequest(folder)))
    removeFolder(folder)
  }
  const figures = Object.entries(times).map(([name, took]) => ({
    name,
    ms: median(took.map(({ ms }) => ms)),
    cpuMs: median(took.map(({ cpuMs }) => cpuMs)),
  }))
  const [bare = { ms: 1, cpuMs: 1 }] = figures
  return [
    {
      title: 'From the start of the process to its first 201, in the sandbox',
      columns: ['', 'ms', 'ratio', 'CPU ms', 'ratio'],
      rows: figures.map(({ name, ms, cpuMs }) => {
        const ratios = { wall: (ms / bare.ms).toFixed(1), cpu: (cpuMs / bare.cpuMs).toFixed(1) }
        return [name, whole(ms), ratios.wall, whole(cpuMs), ratios.cpu]
      }),
      figures,
    },
  ]
}

type FirstRequest = { path: string; headers?: Record<string, string> }

async function firstAnswer(
  args: string[],
  environment: Record<string, string>,
  request: () => FirstRequest,
): Promise<Took> {
  const startedAt = performance.now()
  const server: Running = await startProcess(args, environment)
  const { path, headers = {} } = request()
  const { status } = await fetch(server.url + path, { method: 'POST', headers, body: operations.create.body })
  const took = { ms: performance.now() - startedAt, cpuMs: cpuUsed(server.pid) / 1_000 }
  if (status !== 201) throw new Error(`The first request answered ${status}.`)
  await server.stop()
  return took
}

function demoRequest(folder: string): FirstRequest {
  const { CHATDASH_API_KEY: key = '', CHATDASH_ACCOUNT_ID: accountId = '' } = parseEnv(
    readFileSync(join(folder, 'demo.env'), 'utf8'),
  )
  return { path: couponsOf(accountId), headers: { authorization: key, 'content-type': 'application/json' } }
}
