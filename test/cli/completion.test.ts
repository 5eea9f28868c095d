import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runHere } from '../support/command.ts'

test('bash completes commands, their second word and their options', async () => {
  const { out, code } = await runHere(['completion', 'bash'], {})
  expect(code).toBe(0)
  const completed = (...words: string[]) => {
    const line = `COMP_WORDS=(chatdash "$@"); COMP_CWORD=$#; _chatdash; echo "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', `${out}\n${line}`, 'bash', ...words], { encoding: 'utf8' })
      .trim()
      .split(' ')
  }
  expect(completed('ag')).toEqual(['agency'])
  expect(completed('agency', '')).toEqual(expect.arrayContaining(['create', 'list', 'archive']))
  expect(completed('key', 'create', '--ag')).toEqual(['--agency'])
  expect(completed('key', 'create', '--name', 'n8n', '--no')).toEqual(['--no-forever'])
  expect(completed('restore', '--js')).toEqual(['--json'])
})

test.each(['zsh', 'fish'])('a script is printed for %s, which names every command', async (shell) => {
  const { out, code } = await runHere(['completion', shell], {})
  expect(code).toBe(0)
  for (const word of ['unarchive', '--max-percent', 'doctor']) expect(out).toContain(word)
})

test('for another shell it says which there are', async () => {
  expect(await runHere(['completion', 'tcsh'], {})).toMatchObject({
    code: 2,
    err: expect.stringContaining('bash, zsh'),
  })
})
