import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

/** Which npm packages a room may use; Node's own modules and `lib` are everybody's. */
const packages: Record<string, string[]> = {
  database: ['kysely', 'pg'],
  http: [
    '@fastify/rate-limit',
    '@fastify/swagger',
    '@fastify/type-provider-typebox',
    '@scalar/fastify-api-reference',
    'ajv',
    'fastify',
    'pino',
    'typebox',
  ],
  agencies: ['fastify'],
  accounts: ['fastify', 'typebox'],
  stripe: ['stripe-package', 'undici'],
  coupons: ['typebox'],
  'promotion-codes': ['typebox'],
}

/** Who may import whom: the table of docs/architecture.md. A room is a folder of src/, or a file directly in it. */
const rooms = new Map<string, string[]>(
  [
    ...readFileSync(join(import.meta.dirname, '../docs/architecture.md'), 'utf8').matchAll(
      /^\| `(\S+)` .*\| (.+?) +\|$/gm,
    ),
  ].map(([, room = '', imports = '']) => [room, imports.match(/[\w.-]+/g) ?? []]),
)
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
  expect([...new Set(files.map(roomOf))].toSorted()).toEqual([...rooms.keys(), ...mayImportAll].toSorted())
})

test('finds the imports at all', () => {
  expect(imports.length).toBeGreaterThan(100)
  expect(imports).toContainEqual(expect.objectContaining({ file: 'stripe/client.ts', to: 'stripe-package' }))
})

test('no room imports what the map does not give it', () => {
  const strays = imports.filter(({ room, to }) => {
    if (to === room || to === 'node' || to === 'lib' || mayImportAll.includes(room)) return false
    return !rooms.get(room)?.includes(to) && !packages[room]?.includes(to)
  })
  expect(strays.map(({ file, target }) => `${file} imports ${target}`)).toEqual([])
})

test('only config.ts reads the environment', () => {
  expect(files.filter((file) => textOf(file).includes('process.env'))).toEqual(['config.ts'])
})
