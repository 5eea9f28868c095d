import { expect, test } from 'vitest'
import { csvHeader, csvLines } from './csv.ts'

const created = (code: string) => ({
  code,
  status: 'created',
  promotion_code: 'promo_1',
  error: null,
  error_code: null,
})

test('has a line of names, a line a code, and ends each with CRLF', () => {
  expect(csvHeader + csvLines([created('A'), created('B')])).toBe(
    'code,status,promotion_code,error_code,error\r\nA,created,promo_1,,\r\nB,created,promo_1,,\r\n',
  )
})

test('quotes commas, quotes and line breaks', () => {
  const failed = { code: 'A', status: 'failed', promotion_code: null, error_code: 'internal', error: 'No, "no"\nno' }
  expect(csvLines([failed])).toBe('A,failed,,internal,"No, ""no""\nno"\r\n')
})

test.each(['-1-1', '=1', '+1', '@a', '\t1'])('lets no spreadsheet take %j for a formula', (code) => {
  expect(csvLines([created(code)])).toContain(`'${code},created`)
})
