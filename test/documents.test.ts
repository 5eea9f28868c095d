import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writtenFiles } from '../openapi/write.ts'
import { variables } from '../src/config.ts'
import { codes } from '../src/lib/refusal.ts'
import { startTestServer } from './support/server.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

/** The cells of the rows of a Markdown file's tables whose first cell is code. */
const rows = (path: string) =>
  [...read(path).matchAll(/^\| `([^`]+)` +\|(.*)\|$/gm)].map((match) => [
    match[1] ?? '',
    ...(match[2] ?? '').split('|').map((cell) => cell.trim()),
  ])

test('openapi/, the collection and docs/curl.md are what the routes say (npm run openapi writes them)', async () => {
  for (const [path, text] of Object.entries(await writtenFiles())) expect(read(path)).toBe(text)
})

test('the server, its client, its sandbox and the documents have one version, and the paths have no other', async () => {
  const versions = ['package.json', 'client/package.json', 'sandbox/package.json'].map(
    (path) => JSON.parse(read(path)).version,
  )
  const [v1, admin] = ['openapi/v1.json', 'openapi/admin.json'].map((path) => JSON.parse(read(path)))
  expect(new Set([...versions, v1.info.version, admin.info.version]).size).toBe(1)
  expect(v1.servers).toMatchObject([{ url: '/v1/public' }])
  expect(admin.servers).toMatchObject([{ url: '/v1/admin' }])
})

test('docs/errors.md lists every code with its status and whether to retry, and no other', () => {
  const documented = rows('docs/errors.md').map(([code, status, retry]) => [code, status, retry])
  const declared = Object.entries(codes).map(([code, { status, retryable }]) => [
    code,
    String(status),
    retryable ? 'yes' : 'no',
  ])
  expect(documented).toEqual(declared)
})

test('docs/configuration.md lists every variable with its default, and no other', () => {
  const documented = rows('docs/configuration.md').map(([name, fallback]) => [name, fallback])
  const declared = variables.map(({ name, fallback }) => [name, fallback === undefined ? '–' : `\`${fallback}\``])
  expect(documented).toEqual(declared)
})

test('the Caddyfile gives idle connections up before the server closes them, as docs/operations.md asks of any proxy', async () => {
  const server = await startTestServer()
  const { headers } = await fetch(`${server.url}/healthz`)
  await server.close()
  const seconds = Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1])
  expect(Number(/\bkeepalive (\d+)s$/m.exec(read('deploy/Caddyfile'))?.[1])).toBeLessThan(seconds)
  expect(read('docs/operations.md')).toContain(`less than ${seconds} s`)
})

/** What the pages show to be run, by page. */
const shown = ['README.md', 'client/README.md', 'sandbox/README.md', ...pagesOfDocs()].map(
  (page) => [page, [...read(page).matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block).join('')] as const,
)

function pagesOfDocs(): string[] {
  const names = readdirSync(new URL('../docs', import.meta.url))
  return names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)
}

test('each page that shows the command chatdash says how to have it', () => {
  const silent = shown.filter(
    ([page, commands]) =>
      /\bchatdash /.test(commands) && !read(page).includes("run `alias chatdash='npm run --silent chatdash --'` first"),
  )
  expect(silent.map(([page]) => page)).toEqual([])
})

test('nothing of ours is installed or run by a name, which somebody else could register', () => {
  const commands = [read('deploy/chatdash.service'), ...shown.map(([, block]) => block)].join('\n')
  expect(commands.match(/(npx|npm (install|exec))( --global)? chatdash.*/g)).toBeNull()
})
