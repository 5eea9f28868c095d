import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { ApiError, lost } from './client.ts'
import { isClear, useMake } from './make.ts'

const refusal = (status: number, outcome?: string) => new ApiError(status, 'No.', { outcome })
const secretLost = new ApiError(409, 'No.', {
  code: 'already_exists',
  outcome: 'applied',
  param: 'Idempotency-Key',
})

describe('whether a refusal is clear', () => {
  test.each([
    ['a refusal that says that nothing was made', refusal(400, 'not_applied'), true],
    ['one that does not know', refusal(502, 'unknown'), false],
    ['one that knows of an earlier success', refusal(429, 'applied'), false],
    ['one that says nothing', refusal(502), false],
    ['an API key that was made, and whose secret is lost', secretLost, true],
    ['a lost connection', lost(0, 'POST'), false],
    ['a fault of the page', new TypeError('x'), false],
  ])('is what it is after %s', (_, error, clear) => {
    expect([isClear(error, false), isClear(error, true)]).toEqual([clear, clear])
  })

  test.each([401, 403])('is not known of the first request where the second one is refused with %d', (status) => {
    expect(isClear(refusal(status, 'not_applied'), false)).toBe(true)
    expect(isClear(refusal(status, 'not_applied'), true)).toBe(false)
  })

  test('is known of the first request where the session is over, though the server cannot tell', () => {
    expect(isClear(refusal(401, 'unknown'), false)).toBe(true)
    expect(isClear(refusal(401, 'unknown'), true)).toBe(false)
  })
})

/** How many things could come of it where each of these answers is followed by another press, and at last by success. */
async function keysOver(...answers: Error[]): Promise<number> {
  const filled = { data: 'x', draft: {} }
  const keys: string[] = []
  const send = async (_data: string, key: string) => {
    const error = answers[keys.push(key) - 1]
    if (error) throw error
  }
  let press: (filled: { data: string; draft: object }) => Promise<void> = () =>
    Promise.reject(new Error('not rendered'))
  const Form = () => {
    press = useMake('thing', send).mutateAsync
    return null
  }
  renderToStaticMarkup(createElement(QueryClientProvider, { client: new QueryClient() }, createElement(Form)))
  for (const error of answers) await expect(press(filled)).rejects.toBe(error)
  await press(filled)
  expect(keys).toHaveLength(answers.length + 1)
  return new Set(keys).size
}

describe('the key', () => {
  test.each([
    ['a lost connection', [lost(0, 'POST')]],
    ['an answer whose body is cut', [new TypeError('network error')]],
    ['an answer that is no JSON', [new SyntaxError('Unexpected end of JSON input')]],
    ['a lost answer and a limit that knows of its success', [lost(0, 'POST'), refusal(429, 'applied')]],
    ['a lost answer and a freeze', [lost(0, 'POST'), refusal(403, 'not_applied'), refusal(403, 'not_applied')]],
  ])('is kept over %s', async (_, answers) => {
    expect(await keysOver(...answers)).toBe(1)
  })

  test.each([
    ['a refusal', [refusal(400, 'not_applied')]],
    ['a freeze before anything was lost', [refusal(403, 'not_applied')]],
    ['a lost answer and a refusal', [lost(0, 'POST'), refusal(400, 'not_applied')]],
    ['an API key that was made, and whose secret is lost', [lost(0, 'POST'), secretLost]],
  ])('is renewed after %s', async (_, answers) => {
    expect(await keysOver(...answers)).toBe(2)
  })
})
