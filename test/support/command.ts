import { vi } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'

/** Runs one command of the command line in this process, one at a time: its code, and what it writes. */
export async function runHere(args: string[], environment: Record<string, string>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  let [out, err] = ['', '']
  const written = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true)),
  ]
  try {
    const code = await runProgram(args)
    return { code, out, err }
  } finally {
    for (const spy of written) spy.mockRestore()
    vi.unstubAllEnvs()
  }
}
