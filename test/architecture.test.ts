import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

/**
 * Who may import whom: the house's plan. A room is a folder of src/, or a file directly in it; npm packages stand beside the
 * rooms. Every room may import `lib` and Node's own modules.
 */
const allowed: Record<string, string[]> = {
  lib: [],
  database: ['kysely', 'pg'],
  http: [
    'fastify',
    '@scalar/fastify-api-reference',
    '@fastify/rate-limit',
    '@fastify/swagger',
    '@fastify/type-provider-typebox',
    'ajv',
    'pino',
    'typebox',
  ],
  agencies: ['database', 'http', 'fastify'],
  accounts: ['agencies', 'database', 'http', 'typebox'],
  journal: ['accounts', 'agencies', 'database'],
  stripe: ['accounts', 'stripe-package', 'undici'],
  coupons: ['agencies', 'accounts', 'journal', 'stripe', 'http', 'typebox'],
  'promotion-codes': ['agencies', 'accounts', 'coupons', 'database', 'journal', 'stripe', 'http', 'typebox'],
  sandbox: [],
  cli: ['database', 'agencies', 'accounts', 'journal', 'sandbox', 'stripe', 'config.ts', 'main.ts', 'parts.ts'],
  'config.ts': [],
}
/** These put the rooms together, so they know them all. */
const mayImportAll = ['app.ts', 'main.ts', 'parts.ts']

const src = join(import.meta.dirname, '../src')
const files = globSync('**/*.ts', { cwd: src }).filter((file) => !file.endsWith('.test.ts'))
const textOf = (file: string) => readFileSync(join(src, file), 'utf8')
const imports = files.flatMap((file) =>
  [...textOf(file).matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g)].map(([, target = '']) => ({
    file,
    room: roomOf(file),
    target,
    to: targetRoom(file, target),
  })),
)

function roomOf(file: string): string {
  return file.split('/')[0] ?? ''
}

function targetRoom(file: string, target: string): string {
  if (target.startsWith('node:')) return 'node'
  if (target.startsWith('.')) return roomOf(relative(src, join(src, dirname(file), target)))
  const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? '')
  // The package and our room have the same name.
  return name === 'stripe' ? 'stripe-package' : name
}

test('every room is on the map', () => {
  expect([...new Set(files.map(roomOf))].toSorted()).toEqual([...Object.keys(allowed), ...mayImportAll].toSorted())
})

test('finds the imports at all', () => {
  expect(imports.length).toBeGreaterThan(100)
  expect(imports).toContainEqual(expect.objectContaining({ file: 'stripe/client.ts', to: 'stripe-package' }))
})

test('no room imports what the map does not give it', () => {
  const strays = imports.filter(({ room, to }) => {
    if (to === room || to === 'node' || to === 'lib' || mayImportAll.includes(room)) return false
    return !allowed[room]?.includes(to)
  })
  expect(strays.map(({ file, target }) => `${file} imports ${target}`)).toEqual([])
})

test('only config.ts reads the environment', () => {
  expect(files.filter((file) => textOf(file).includes('process.env'))).toEqual(['config.ts'])
})
