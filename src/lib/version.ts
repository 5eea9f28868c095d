import { readFileSync } from 'node:fs'

/** The version of the package, which is that of the contract. */
export function readVersion(): string {
  // Read, not imported: the build leaves package.json where it is, at the same distance from src/ and dist/.
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}
