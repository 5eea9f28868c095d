import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Probe, probesOf, type Schema, valuesOf } from '../support/constraints.ts'
import { operations } from '../support/document.ts'
import { type Answer, type TestServer, startTestServer } from '../support/server.ts'

type Fields = Record<string, unknown>

/** What must stand beside a field of a new object for it to be allowed at all; undefined where it must not. */
const company: Record<string, Fields> = {
  amount_off: { currency: 'usd', percent_off: undefined },
  currency_options: { amount_off: 1000, currency: 'usd', percent_off: undefined },
  duration_in_months: { duration: 'repeating' },
  codes: { count: undefined, prefix: undefined },
  length: { count: 1 },
}
/** Beside their bounds in the schema, these have to lie within the next five years, as the document says in words. */
const boundInWords = new Set(['data.redeem_by', 'data.expires_at'])
/** What is well formed but names nothing is refused by another rule; as an id, a cursor would be too long for Stripe. */
const namesNothing = /No such|not a next_cursor of this list|Invalid string: .* at most 5000/

let server: TestServer
let promotionCodeId: string
beforeAll(async () => {
  server = await startTestServer()
  for (const data of [
    { id: 'SUMMER20', percent_off: 25 },
    { id: 'TEN', amount_off: 1000, currency: 'usd' },
  ]) {
    await server.call(server.coupons, { method: 'POST', body: { data } })
  }
  const codes = server.coupons.replace(/coupons$/, 'promotion-codes')
  const { body } = await server.call(codes, { method: 'POST', body: { data: { coupon: 'SUMMER20' } } })
  promotionCodeId = String(body['id'])
})
afterAll(() => server.close())

const isRefused = ({ status, body }: Answer, param: string) =>
  status === 400 &&
  String(body['param']).toLowerCase() === param.slice(0, 200) &&
  !namesNothing.test(String(body['error']))

function expectProbe(answer: Answer, param: string, isAllowed: boolean): void {
  const seen = { isRefused: isRefused(answer, param), status: answer.status, error: answer.body['error'] }
  expect(seen).toMatchObject({ isRefused: !isAllowed })
}

const named = (probes: Probe[]) =>
  probes.map((probe) => ({
    ...probe,
    name: `${probe.param.slice(0, 60)} ${probe.isAllowed ? 'keeps' : 'breaks'} ${probe.rule}`,
  }))

describe.each(operations.filter(({ hasBody }) => hasBody))(
  'the body of $name',
  ({ method, path, example, operation }) => {
    const schema: Schema = operation.requestBody?.content['application/json'].schema ?? {}
    const probes = named(probesOf(schema, [])).filter(
      ({ param, isAllowed }) => param !== '' && !(isAllowed && boundInWords.has(param)),
    )

    test('has constraints at all', () => {
      expect(probes.length).toBeGreaterThan(5)
    })

    test.each(probes)('$name', async ({ fieldPath, param, value, isAllowed }) => {
      const [, field = ''] = fieldPath
      const data = { ...(example as { data: Fields }).data, ...(method === 'POST' && company[field]) }
      const body = withValue({ ...example, data }, fieldPath, value)
      const url = path
        .replace('{accountId}', server.accountId)
        .replace('{couponId}', param.includes('currency_options') ? 'TEN' : 'SUMMER20')
        .replace('{promotionCodeId}', promotionCodeId)
        .replace('{keyId}', (await server.openKey(server)).keyId)
      expectProbe(await server.call(url, { method, body }), param, isAllowed)
    })
  },
)

const parameterProbes = operations.flatMap((operation) =>
  (operation.operation.parameters ?? [])
    .filter(({ name, in: where }) => where !== 'path' && name !== 'Authorization')
    .flatMap(({ name: param, in: where, schema }) =>
      textsOf(schema, where).map(([rule, text, isAllowed]) => ({ ...operation, param, where, rule, text, isAllowed })),
    ),
)

test.each(parameterProbes)('$name: $param $rule is allowed: $isAllowed', async (probe) => {
  const { method, path, example, param, where, text, isAllowed } = probe
  const url = path.replace('{accountId}', server.accountId).replace(/\{\w+\}/g, 'SUMMER20')
  const query = where === 'query' ? `?${encodeURIComponent(param)}=${encodeURIComponent(text)}` : ''
  const headers = where === 'header' ? { [param]: text } : {}
  const answer = await server.call(url + query, { method, headers, ...(example && { body: example }) })
  expectProbe(answer, param.toLowerCase(), isAllowed)
})

/** The texts that try a parameter. There is no null in a URL, and any text is a string. */
function textsOf(schema: Schema, where: string): [rule: string, text: string, isAllowed: boolean][] {
  const values = valuesOf(schema).filter(
    ([rule, value]) => value !== null && !(rule === 'type' && schema.type === 'string'),
  )
  const odd = schema.type === 'integer' ? ['0x10', '1e1', '+5', ' 5', '5.0'] : []
  return [
    ...values.map(([rule, value, isAllowed]): [string, string, boolean] => [rule, String(value), isAllowed]),
    ...odd.map((text): [string, string, boolean] => [`type: ${text}`, text, false]),
    ...(where === 'query' ? [['empty', '', true] satisfies [string, string, boolean]] : []),
  ]
}

/** A body with a value set at a path. */
function withValue(target: unknown, [name, ...rest]: string[], value: unknown): unknown {
  if (name === undefined) return value
  if (name === '0') return [withValue(Object(target)[0], rest, value)]
  return { ...Object(target), [name]: withValue(Object(target)[name], rest, value) }
}
