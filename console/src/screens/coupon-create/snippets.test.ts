import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { snippets } from './snippets.ts'

const hostile = `it's $(touch x) \`y\` "z" \\ {{ $json }}`
const place = {
  origin: 'https://api.example',
  accountId: `acct_'$(z)`,
  terms: { name: hostile, percent_off: 25, duration: 'once' as const },
}
const url = `https://api.example/v1/public/stripe/connect/accounts/acct_'%24(z)/coupons`

test('a shell hands curl exactly what was filled in', () => {
  const script = `curl() { printf '%s\\0' "$@"; }\n${snippets.curl(place)}`
  const words = execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { CHATDASH_API_KEY: 'CD.key' } }).split(
    '\0',
  )
  expect(words.slice(0, 8)).toEqual([
    url,
    '-H',
    'Authorization: CD.key',
    '-H',
    'Idempotency-Key: order-1042',
    '-H',
    'Content-Type: application/json',
    '-d',
  ])
  expect(JSON.parse(words[8] ?? '')).toEqual({ data: place.terms })
})

test('n8n takes it as text, in which it evaluates nothing', () => {
  const { nodes } = JSON.parse(snippets.n8n(place))
  expect(nodes[0].parameters.url).toBe(url)
  expect(nodes[0].parameters.jsonBody).not.toMatch(/^=/)
  expect(JSON.parse(nodes[0].parameters.jsonBody)).toEqual({ data: place.terms })
})

test('TypeScript says where its client comes from', () => {
  expect(snippets.TypeScript(place)).toContain('npm pack --workspace client')
})

test('TypeScript has it as a literal', () => {
  const [, body = ''] = /body: (\{.*\}),\n\}\)/s.exec(snippets.TypeScript(place)) ?? []
  expect(JSON.parse(body)).toEqual({ data: place.terms })
})
