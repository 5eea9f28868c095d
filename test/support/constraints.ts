/** As much of a schema of the document as bounds values. */
export type Schema = {
  type?: string
  nullable?: boolean
  enum?: string[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  minItems?: number
  maxItems?: number
  maxProperties?: number
  required?: string[]
  items?: Schema
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  'x-propertyNames'?: Schema
  example?: unknown
}

/** A value at a path of the body that the document allows, or does not, and the field that a refusal must name. */
export type Probe = { rule: string; fieldPath: string[]; param: string; value: unknown; isAllowed: boolean }

/** Of every constraint of a schema and of all within it, a value just inside and one just outside. */
export function probesOf(schema: Schema, fieldPath: string[]): Probe[] {
  const probe = (rule: string, value: unknown, isAllowed: boolean, at = fieldPath, param = at): Probe => ({
    rule,
    fieldPath: at,
    param: param.join('.'),
    value,
    isAllowed,
  })
  const probes = valuesOf(schema).map(([rule, value, isAllowed]) => probe(rule, value, isAllowed))
  if (schema.items) probes.push(...probesOf(schema.items, [...fieldPath, '0']))
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    probes.push(...probesOf(property, [...fieldPath, name]))
  for (const name of schema.required ?? []) {
    const { [name]: _, ...others } = examplesOf(schema)
    probes.push(probe('required', others, false, fieldPath, [...fieldPath, name]))
  }
  if (typeof schema.additionalProperties === 'object') {
    probes.push(...probesOf(schema.additionalProperties, [...fieldPath, 'eur']))
    for (const [rule, key, isAllowed] of valuesOf(schema['x-propertyNames'] ?? {})) {
      if (typeof key === 'string') probes.push(probe(`key ${rule}`, 'x', isAllowed, [...fieldPath, key]))
    }
  } else if (schema.additionalProperties === false) {
    probes.push(
      probe('closed', { ...examplesOf(schema, schema.required), unheard_of: 1 }, false, fieldPath, [
        ...fieldPath,
        'unheard_of',
      ]),
    )
  }
  return probes
}

/** The values that try a schema's own constraints, each with the rule's name and whether it is allowed. */
export function valuesOf(schema: Schema): [rule: string, value: unknown, isAllowed: boolean][] {
  const { type, minimum, maximum, minLength, maxLength, pattern, minItems, maxItems, maxProperties } = schema
  const step = type === 'integer' ? 1 : 0.01
  const values: [string, unknown, boolean][] = []
  const add = (rule: string, inside: unknown, outside: unknown) =>
    values.push([rule, inside, true], [rule, outside, false])
  if (type !== undefined) {
    values.push(['type', type === 'string' ? 5 : 'x', false], ['nullable', null, schema.nullable === true])
  }
  if (type === 'integer') values.push(['integer', 5.5, false])
  if (schema.enum) for (const value of schema.enum) add('enum', value, `${value}.`)
  if (minimum !== undefined) add('minimum', minimum, minimum - step)
  if (maximum !== undefined) add('maximum', maximum, maximum + step)
  if (minLength !== undefined) add('minLength', 'x'.repeat(minLength), 'x'.repeat(minLength - 1))
  if (maxLength !== undefined) add('maxLength', 'x'.repeat(maxLength), 'x'.repeat(maxLength + 1))
  if (pattern !== undefined) values.push(['pattern', against(pattern), false])
  if (minItems !== undefined) add('minItems', itemsOf(schema, minItems), itemsOf(schema, minItems - 1))
  if (maxItems !== undefined) add('maxItems', itemsOf(schema, maxItems), itemsOf(schema, maxItems + 1))
  if (maxProperties !== undefined) {
    add('maxProperties', entriesOf(schema, maxProperties), entriesOf(schema, maxProperties + 1))
  }
  return values
}

/** A text that a pattern refuses. */
function against(pattern: string): string {
  const text = ['ä', '\u0001', '[', ' '].find((candidate) => !new RegExp(pattern, 'u').test(candidate))
  if (text === undefined) throw new Error(`No text at hand breaks ${pattern}`)
  return text
}

function itemsOf({ items = {} }: Schema, count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => (items.type === 'string' ? `x${index}` : exampleOf(items)))
}

function entriesOf({ additionalProperties = {} }: Schema, count: number): object {
  const value = typeof additionalProperties === 'object' ? exampleOf(additionalProperties) : ''
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]))
}

function exampleOf(schema: Schema): unknown {
  return schema.properties ? examplesOf(schema) : (schema.example ?? 'x')
}

function examplesOf({ properties = {} }: Schema, names = Object.keys(properties)): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name] ?? {})]))
}
