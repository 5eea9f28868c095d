import { describe, expect, test } from 'vitest'
import { contract } from '../support/contract.ts'
import { document, operations } from '../support/document.ts'

/** The document with each reference replaced by what it refers to. */
const resolved = resolve(document) as typeof document

function resolve(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(resolve)
  if ('$ref' in value && typeof value.$ref === 'string') {
    const parts = value.$ref.split('/').slice(1)
    return resolve(parts.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], document))
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolve(inner)]))
}

test('the document has the title, the version and the base path of the contract', () => {
  expect(document.info).toMatchObject(contract.info)
  expect(document.servers.map(({ url }) => url)).toEqual([contract.basePath])
})

describe.each(contract.operations)('$summary', (handedOver) => {
  const operation = resolved.paths[handedOver.path]?.[handedOver.method]
  if (!operation) throw new Error(`The document has no ${handedOver.method} ${handedOver.path}`)
  const body = operation.requestBody?.content['application/json']
  const answer = operation.responses[handedOver.status]
  const success = answer?.content?.['application/json']

  test('has the words of the contract', () => {
    const { tags, summary, description } = handedOver
    expect(operation).toMatchObject({ tags, summary, description })
    // Of an id of ours, generators would make other method names.
    expect(operation).not.toHaveProperty('operationId')
    expect(answer).toMatchObject({ description: handedOver.statusDescription })
  })

  test('has its parameters, in its order, and asks for no other', () => {
    expect(operation.parameters?.slice(0, handedOver.parameters.length)).toMatchObject(handedOver.parameters)
    expect(operation.parameters?.slice(handedOver.parameters.length).filter(({ required }) => required)).toEqual([])
  })

  test('has the fields of its body, each with its words and its example, in its order, and needs no other', () => {
    const data = body?.schema.properties?.['data']
    expect(data?.properties).toMatchObject(handedOver.data)
    const names = Object.keys(handedOver.data)
    expect(Object.keys(data?.properties ?? {}).slice(0, names.length)).toEqual(names)
    expect(data?.required ?? []).toEqual([])
    expect(body).toMatchObject({ example: handedOver.example, schema: { required: ['data'] } })
  })

  test('has the fields of its answer, and its example', () => {
    const fields = Object.entries(handedOver.coupon)
    expect(success?.example).toEqual(Object.fromEntries(fields.map(([name, { example }]) => [name, example])))
    expect(Object.keys(success?.schema?.properties ?? {})).toEqual(fields.map(([name]) => name))
    // The schema of a coupon is one for all answers: only the example of the whole has the new name.
    const { name, ...others } = handedOver.coupon
    expect(success?.schema?.properties).toMatchObject({ ...others, name: { type: name.type } })
    // A field is null in an answer only where the contract lets it be.
    for (const [field, declared] of fields) {
      expect(success?.schema?.properties?.[field]?.nullable).toBe('nullable' in declared ? true : undefined)
    }
  })

  test('has its failure', () => {
    expect(operation.responses['500']).toMatchObject({
      description: contract.failure.description,
      content: { 'application/json': { schema: { properties: { error: contract.failure.error } } } },
    })
  })
})

/** Each property of a schema and of all within it, with its place. */
function* propertiesOf(schema: unknown, place = ''): Generator<[string, { description?: string }]> {
  if (typeof schema !== 'object' || schema === null) return
  if ('properties' in schema) {
    for (const [name, property] of Object.entries(Object(schema.properties))) {
      yield [`${place}.${name}`, property as { description?: string }]
      yield* propertiesOf(property, `${place}.${name}`)
    }
  }
  if ('items' in schema) yield* propertiesOf(schema.items, `${place}[]`)
  if ('additionalProperties' in schema) yield* propertiesOf(schema.additionalProperties, `${place}.*`)
}

test.each(operations)('each field of each answer of $name is described', ({ template, method }) => {
  const answers = Object.entries(resolved.paths[template]?.[method.toLowerCase()]?.responses ?? {})
  const fields = answers.flatMap(([status, { content = {} }]) =>
    Object.values(content).flatMap(({ schema }) => [...propertiesOf(schema, status)]),
  )
  expect(fields.length).toBeGreaterThan(5)
  expect(fields.filter(([, { description }]) => !description).map(([field]) => field)).toEqual([])
})

test.each(operations.filter(({ hasBody }) => hasBody))(
  'each field of the body of $name is described',
  ({ operation }) => {
    const { schema } = operation.requestBody?.content['application/json'] ?? {}
    const fields = [...propertiesOf(schema)]
    expect(fields.filter(([, { description }]) => !description).map(([field]) => field)).toEqual([])
  },
)
