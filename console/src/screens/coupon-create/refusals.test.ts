import { describe, expect, test } from 'vitest'
import { ApiError, lost } from '../../api/client.ts'
import { blankForm } from './form.ts'
import { isClear, refusalOf, shownErrors } from './refusals.ts'

const refusal = (status: number, outcome?: string, param?: string) => new ApiError(status, 'No.', { outcome, param })

describe('whether nothing was made', () => {
  test.each([
    ['a refusal that says so', refusal(400, 'not_applied'), true],
    ['one that does not know', refusal(502, 'unknown'), false],
    ['one that knows of an earlier success', refusal(429, 'applied'), false],
    ['one that says nothing', refusal(502), false],
    ['a lost connection', lost(0, 'POST'), false],
    ['a fault of the page', new TypeError('x'), false],
  ])('is what it is after %s', (_, error, clear) => {
    expect([isClear(error, false), isClear(error, true)]).toEqual([clear, clear])
  })

  test.each([401, 403])('is not known of the first request where the second one is refused with %d', (status) => {
    expect(isClear(refusal(status, 'not_applied'), false)).toBe(true)
    expect(isClear(refusal(status, 'not_applied'), true)).toBe(false)
  })
})

describe('a sentence', () => {
  const form = { ...blankForm('usd'), percent: '101' }
  test('stands at the field that the server names', () => {
    const refused = refusalOf(refusal(400, 'not_applied', 'data.percent_off'), form)
    expect(shownErrors(form, refused, null)).toEqual({ percent: 'No.' })
  })

  test('of the preview stands where something was written, not at what is still empty', () => {
    const months = refusal(400, undefined, 'data.duration_in_months')
    expect(shownErrors(form, undefined, months)).toEqual({})
    expect(shownErrors({ ...form, months: '0' }, undefined, months)).toEqual({ months: 'No.' })
  })

  test('that names no field of the form stands at none', () => {
    expect(refusalOf(refusal(404, 'not_applied', 'accountId'), form).field).toBe(undefined)
  })
})
