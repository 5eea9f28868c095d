import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'

test('docs/command-line.md lists every command with what it does, and no other', () => {
  const text = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8')
  const documented = [...text.matchAll(/^\| `([^`]+)` +\| (.*?) +\|$/gm)].map(([, name, summary]) => [name, summary])
  expect(documented).toEqual(Object.entries(commands).map(([name, { summary }]) => [name, summary]))
})

test('the help of every command begins with how it is called', async () => {
  for (const [name, { load }] of Object.entries(commands))
    expect((await load()).help).toContain(`Usage: chatdash ${name}`)
})
