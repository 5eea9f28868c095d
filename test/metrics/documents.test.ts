import { readFileSync } from 'node:fs'
import { beforeAll, expect, test, vi } from 'vitest'
import { createMetrics } from '../../src/metrics/metrics.ts'
import { type Sample, samplesOf } from '../support/metrics.ts'
import { startTestServer } from '../support/server.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const codesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
const [metricsPart = '', , logPart = ''] = read('docs/monitoring.md').split(/^## (?=Traces|Log)/m)
const alerts = [...read('deploy/prometheus-alerts.yml').matchAll(/- alert: (\w+)[^]*?runbook: (\S+)/g)]

let types: Map<string, string>
let samples: Sample[]
let logged: Record<string, unknown>[]

beforeAll(async () => {
  const metrics = createMetrics('sandbox')
  const server = await startTestServer({ observer: metrics, trustProxy: '127.0.0.1' })
  const upkeep = { state: () => ({ succeededAt: new Map([['sealing', Date.now()]]), unsettled: 0 }) }
  const redis = { state: () => ({ isUp: true }) }
  metrics.watch({ database: server.database, journal: server.journal, upkeep, redis })
  const headers = { 'idempotency-key': 'order-1' }
  for (const percentOff of [10, 101]) {
    await server.call(server.coupons, { method: 'POST', body: { data: { percent_off: percentOff } }, headers })
  }
  const lines = () => server.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
  await vi.waitUntil(() => lines().length === 2, 120_000)
  logged = lines()
  const text = await metrics.text()
  types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]))
  samples = samplesOf(text)
  await server.close()
})

/** The metric of a sample or of a query: a histogram has three names for its series. */
const metricOf = (name: string) => (types.has(name) ? name : name.replace(/_(bucket|count|sum)$/, ''))

test('docs/monitoring.md lists every metric of ours with its type and its labels, and no other', () => {
  const rows = metricsPart.split('\n').filter((line) => line.startsWith('| `chatdash_'))
  const documented = rows.map((row) =>
    row
      .split('|')
      .slice(1, 4)
      .map((cell) => cell.trim()),
  )
  const own = [...types].filter(([name]) => name.startsWith('chatdash_'))
  expect(Object.fromEntries(documented.map(([name, type]) => [codesIn(name)[0], type]))).toEqual(
    Object.fromEntries(own),
  )
  for (const { name, labels } of samples.filter((sample) => sample.name.startsWith('chatdash_'))) {
    const [, , cell] = documented.find(([first]) => codesIn(first)[0] === metricOf(name)) ?? []
    expect({ name, labels: Object.keys(labels).filter((label) => label !== 'le') }).toEqual({
      name,
      labels: codesIn(cell),
    })
  }
})

test.each([
  'deploy/prometheus-alerts.yml',
  'deploy/grafana-dashboard.json',
  'docs/monitoring.md',
  'docs/operations.md',
])('every metric that %s names is in a scrape', (path) => {
  const named = new Set(read(path).match(/\b(?:chatdash|nodejs|process)_[a-z0-9_]+\b/g))
  expect([...named].filter((name) => !types.has(metricOf(name)))).toEqual([])
})

test('every alert has its heading in docs/operations.md, in the same order, and names it as its runbook', () => {
  const [, section = ''] = read('docs/operations.md').split(/^## Alerts$/m)
  const headings = [...section.matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading)
  expect(headings.length).toBeGreaterThan(10)
  expect(alerts.map(([, name]) => name)).toEqual(headings)
  expect(alerts.map(([, , runbook]) => runbook)).toEqual(
    headings.map((name) => `docs/operations.md#${name?.toLowerCase()}`),
  )
})

test('docs/monitoring.md lists every field of a request’s line', () => {
  const rows = logPart.split('\n').filter((line) => line.startsWith('| `'))
  const documented = new Set(rows.flatMap((row) => codesIn(row.split('|')[1])))
  const fields = new Set(logged.flatMap((line) => Object.keys(line)))
  expect([...fields].filter((field) => !documented.has(field))).toEqual([])
  expect(fields).toContain('idempotency_key_digest')
})
