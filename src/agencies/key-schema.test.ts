import { expect, test } from 'vitest'
import { nameRules } from './key-schema.ts'

const pattern = new RegExp(nameRules.pattern, 'u')

test.each(['n8n', ' Acme GmbH ', 'می\u200cخواهم', 'ක්\u200dෂ', '👩\u200d💻', '🏳️\u200d🌈 shop'])(
  '%j is a name',
  (name) => {
    expect(name).toMatch(pattern)
  },
)

test.each([
  '',
  '  ',
  '\u200d',
  '\u200cAcme',
  'Acme\u200c',
  'Ac \u200cme',
  'Ac\u200d me',
  'Ac\u200c\u200dme',
  'Ac\u200bme',
  'Ac\u202eme',
  'Ac\u2066me',
  'Ac\u200d\u202eme',
  'Ac\ufeffme',
  'Ac\u00adme',
  'Ac\nme',
])('%j is none', (name) => {
  expect(name).not.toMatch(pattern)
})
