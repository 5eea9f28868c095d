import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

/** Which npm packages a module may use; Node's own modules and `lib` are everybody's. */
const packages: Record<string, string[]> = {
  database: ['kysely', 'pg'],
  http: [
    '@fastify/accept-negotiator',
    '@fastify/fast-json-stringify-compiler',
    '@fastify/swagger',
    '@fastify/type-provider-typebox',
    'ajv',
    'fastest-levenshtein',
    'fastify',
    'jsonc-parser',
    'marked',
    'pino',
    'typebox',
  ],
  agencies: ['fastify', 'kysely', 'typebox'],
  accounts: ['fastify', 'typebox'],
  stripe: ['stripe-package', 'undici'],
  schema: ['typebox'],
  idempotency: ['fastify', 'typebox'],
  operations: ['fastify', 'typebox'],
  journal: ['canonicalize', 'fastify', 'kysely', 'typebox'],
  coupons: ['typebox'],
  'promotion-codes': ['typebox'],
  'bulk-codes': ['kysely', 'typebox'],
  console: ['fastify', 'typebox'],
  redis: ['@redis/client'],
  metrics: ['fastify', 'prom-client'],
  tracing: [
    '@opentelemetry/api',
    '@opentelemetry/core',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace-base',
    'fastify',
  ],
  admin: ['fastify', 'typebox'],
  // `..` is the client of the API, which lies beside src/.
}

const architecture = readFileSync(join(import.meta.dirname, '../docs/architecture.md'), 'utf8')
const modulesSection = architecture.split(/^## /m).find((section) => section.startsWith('Modules')) ?? ''
/** Who may import whom: the table of docs/architecture.md. A module is a folder of src/, or a file directly in it. */
const modules = new Map<string, string[]>(
  [...modulesSection.matchAll(/^\| `(\S+)` .*\| (.+?) +\|$/gm)].map(([, module = '', imports = '']) => [
    module,
    imports.match(/[\w.-]+/g) ?? [],
  ]),
)
/** These wire the modules together, so they know them all. */
const mayImportAll = ['app.ts', 'main.ts', 'dependencies.ts']

const src = join(import.meta.dirname, '../src')
const files = globSync('**/*.ts', { cwd: src }).filter((file) => !file.endsWith('.test.ts'))
const textOf = (file: string) => readFileSync(join(src, file), 'utf8')
const imports = files.flatMap((file) =>
  [...textOf(file).matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g)].map(([, target = '']) => ({
    file,
    module: moduleOf(file),
    target,
    to: targetModule(file, target),
  })),
)

function moduleOf(file: string): string {
  return file.split('/')[0] ?? ''
}

function targetModule(file: string, target: string): string {
  if (target.startsWith('node:')) return 'node'
  if (target.startsWith('.')) return moduleOf(relative(src, join(src, dirname(file), target)))
  const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? '')
  // The package and our module have the same name.
  return name === 'stripe' ? 'stripe-package' : name
}

test('every module is in the table', () => {
  expect([...new Set(files.map(moduleOf))].toSorted()).toEqual([...modules.keys(), ...mayImportAll].toSorted())
})

test('finds the imports at all', () => {
  expect(imports.length).toBeGreaterThan(100)
  expect(imports).toContainEqual(expect.objectContaining({ file: 'stripe/request.ts', to: 'stripe-package' }))
})

test('no module imports what the table does not allow', () => {
  const strays = imports.filter(({ module, to }) => {
    if (to === module || to === 'node' || to === 'lib' || mayImportAll.includes(module)) return false
    return !modules.get(module)?.includes(to) && !packages[module]?.includes(to)
  })
  expect(strays.map(({ file, target }) => `${file} imports ${target}`)).toEqual([])
})

test('only config.ts reads the environment', () => {
  expect(files.filter((file) => /process\.env|'node:process'|loadEnvFile/.test(textOf(file)))).toEqual(['config.ts'])
})
