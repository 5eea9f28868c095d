import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serveSandbox } from '../../src/sandbox/server.ts'
import { newFolder } from '../support/process.ts'
import { exitOf, startSandbox } from '../support/sandbox-process.ts'

const root = join(import.meta.dirname, '../..')
const document = readFileSync(join(root, 'docs/sandbox.md'), 'utf8')
const run = promisify(execFile)

/** The code blocks of the document in one language. */
function blocks(language: string): string[] {
  return [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code)
}
const [starts = '', ...shell] = blocks('sh')
const commands = starts
  .trim()
  .split('\n')
  .map((line) => line.replace(/\s+#.*$/, ''))

/** A running sandbox, and the text with its port. */
async function served() {
  const server = await serveSandbox({ file: ':memory:', host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const { port } = new URL(server.url)
  return { url: server.url, here: (code: string) => code.replaceAll('12111', port) }
}

/** Ends the process where code looks up a host name, so that it cannot reach any other machine. */
const guard = `data:text/javascript,import dns from 'node:dns'; dns.lookup = () => process.exit(9)`

describe('docs/sandbox.md', () => {
  test('has blocks to run', () => {
    expect(commands.length).toBe(3)
    expect(shell.length).toBe(2)
    expect(blocks('js').length).toBe(2)
  })

  test.each(commands)('starts a sandbox: %s', async (command) => {
    expect(command).toMatch(/^chatdash sandbox --port 12111/)
    const args = command.split(' ').slice(4)
    if (!args.includes('--memory')) args.push('--data', join(newFolder(), 'sandbox.db'))
    const { child, url } = await startSandbox(...args)
    const { status } = await fetch(`${url}/_sandbox`)
    expect(status).toBe(200)
    child.kill('SIGTERM')
    expect(await exitOf(child)).toBe(0)
  })

  test.each(shell)('has shell commands that succeed, block %#', async (code) => {
    const { here } = await served()
    const strict = 'set -eu; curl() { command curl --silent --show-error --fail "$@"; echo; }\n'
    const { stdout } = await run('sh', ['-c', strict + here(code)])
    const answers = stdout.trim().split('\n')
    expect(answers).toHaveLength(code.trim().split('\n').length)
    for (const answer of answers) expect(JSON.parse(answer)).toHaveProperty('object')
  })

  test.each(blocks('js'))('has Node code that lists all pages and reaches no other host, block %#', async (code) => {
    const { here } = await served()
    const args = ['--import', guard, '--input-type=module', '-e', here(code)]
    const { stdout } = await run(process.execPath, args, { cwd: root })
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[1]),
    ).toEqual(['30', '20', '10'])
  })
})
