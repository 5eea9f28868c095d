import { expect } from 'vitest'
import { Refusal } from '../../src/lib/refusal.ts'

/** The refusal that the check throws, which says in a sentence what is wrong; fails where it throws none. */
export function refusalFrom(check: () => unknown): Refusal {
  try {
    check()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    expect(error.message).toMatch(/^\S+ .+\.$/)
    return error
  }
  throw new Error('Nothing was refused.')
}
