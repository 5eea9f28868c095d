import { expect, onTestFinished } from 'vitest'
import type { WireResponse } from '../../src/lib/wire.ts'
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { schemaViolation } from './sandbox-schemas.ts'

export type Params = { [name: string]: unknown }
export type Answer = {
  status: number
  headers: Record<string, string>
  // oxlint-disable-next-line typescript/no-explicit-any -- the answer was just checked against its schema
  body: any
  text: string
}
export type CallOptions = {
  key?: string
  version?: string | undefined
  account?: string
  idempotencyKey?: string
  headers?: Record<string, string>
  raw?: string
}

/** Encodes parameters as Stripe's SDKs do: brackets and indexes, null as an empty string. */
export function form(params: Params): string {
  const pairs: string[] = []
  const add = (name: string, value: unknown): void => {
    if (value === undefined) return
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner)
    } else if (value === null) pairs.push(`${encodeURIComponent(name)}=`)
    // oxlint-disable-next-line typescript/no-base-to-string -- an object was taken apart above
    else pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  }
  for (const [name, value] of Object.entries(params)) add(name, value)
  return pairs.join('&')
}

function inOrder(keys: string[], first: string[]): void {
  const head = first.filter((key) => keys.includes(key))
  const rest = keys.filter((key) => !first.includes(key)).toSorted()
  expect(keys).toEqual([...head, ...rest])
}

/** Checks what holds for every answer of the sandbox: schema, key order, headers. */
export function check(method: string, response: WireResponse): Answer {
  const { status, headers, body: text } = response
  const body: Answer['body'] = JSON.parse(text)
  expect(schemaViolation(status, body)).toBeUndefined()
  expect(headers['content-type']).toBe('application/json')
  if (status === 401) {
    expect(headers['request-id']).toBeUndefined()
    expect(headers['www-authenticate']).toBe('Bearer realm="Stripe"')
  } else expect(headers['request-id']).toMatch(/^req_[0-9A-Za-z]{14}$/)
  expect(headers['stripe-version']).toBeTruthy()
  if ((headers['stripe-version'] ?? '') >= '2018-07-27') expect(text).not.toMatch(/"percent_off":\d+[,}]/)
  if (status === 200) {
    if (!String(body.object).startsWith('sandbox')) inOrder(Object.keys(body), ['id', 'object'])
  } else {
    const { error } = body
    inOrder(Object.keys(error), [])
    expect('doc_url' in error).toBe('code' in error)
    if (status >= 500) expect({ ...headers, text }).toHaveProperty('sandbox-fault')
  }
  if (method === 'GET') expect(headers['idempotency-key']).toBeUndefined()
  return { status, headers, body, text }
}

/** Opens a sandbox for one test with a clock that the test sets, closed when the test ends. */
export function open(options: { file?: string; now?: number; apiVersion?: string } = {}) {
  const clock = { now: options.now ?? 1_800_000_000 }
  const { file = ':memory:', apiVersion } = options
  const sandbox = openSandbox({ file, now: () => clock.now * 1000, ...(apiVersion !== undefined && { apiVersion }) })
  onTestFinished(() => sandbox.close())
  return { sandbox, clock, ...callerOf(sandbox) }
}

export function callerOf(sandbox: Pick<Sandbox, 'send'>) {
  async function call(method: string, path: string, params: Params = {}, given: CallOptions = {}): Promise<Answer> {
    const encoded = given.raw ?? form(params)
    const inBody = method === 'POST'
    const headers: Record<string, string> = { authorization: `Bearer ${given.key ?? 'sk_test_sandbox'}` }
    if (given.version !== undefined) headers['stripe-version'] = given.version
    if (given.account !== undefined) headers['stripe-account'] = given.account
    if (given.idempotencyKey !== undefined) headers['idempotency-key'] = given.idempotencyKey
    if (inBody) headers['content-type'] = 'application/x-www-form-urlencoded'
    const response = await sandbox.send({
      method,
      path: inBody || encoded === '' ? path : `${path}?${encoded}`,
      headers: { ...headers, ...given.headers },
      body: inBody ? encoded : '',
    })
    return check(method, response)
  }

  /** Makes a call that must succeed; returns its body. */
  async function ok(method: string, path: string, params?: Params, given?: CallOptions): Promise<Answer['body']> {
    const answer = await call(method, path, params, given)
    expect(answer).toMatchObject({ status: 200 })
    return answer.body
  }

  /** Makes a call that must be refused; returns its error. */
  async function refused(method: string, path: string, params?: Params, given?: CallOptions) {
    const { status, body } = await call(method, path, params, given)
    expect(status).toBeGreaterThanOrEqual(400)
    const error: { type: string; code?: string; param?: string; message: string } = body.error
    return { status, ...error }
  }

  return { call, ok, refused }
}

export type Open = ReturnType<typeof open>
