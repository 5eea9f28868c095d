import { describe, expect, test } from 'vitest'
import { ApiError } from '../../api/client.ts'
import { blankForm } from './form.ts'
import { refusalOf, shownErrors } from './refusals.ts'

const refusal = (status: number, outcome?: string, param?: string) => new ApiError(status, 'No.', { outcome, param })

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
