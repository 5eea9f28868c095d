import type { Schema } from '../../test/support/constraints.ts'
import type { Draw } from './draw.ts'

/** A value that the schema allows, with the documented example where the words beside the schema forbid more than it does. */
export function valueFrom(schema: Schema, draw: Draw): unknown {
  const { type, properties, items, example, minimum = 0, maximum = 1_000_000 } = schema
  if (schema.nullable === true && draw.chance(0.1)) return null
  if (schema.enum) return draw.pick(schema.enum)
  if (properties) {
    const names = Object.keys(properties).filter(
      (name) => schema.required?.includes(name) === true || draw.chance(0.25),
    )
    return Object.fromEntries(names.map((name) => [name, valueFrom(properties[name] ?? {}, draw)]))
  }
  if (type === 'object') return { [draw.word().slice(0, 8)]: 'x', eur: 'y' }
  if (example !== undefined && draw.chance(0.6)) return example
  if (type === 'array') return Array.from({ length: 1 + draw.int(4) }, () => valueFrom(items ?? {}, draw))
  if (type === 'boolean') return draw.chance(0.5)
  if (type === 'integer' || type === 'number')
    return draw.pick([minimum, maximum, minimum + 1, minimum + draw.int(100)])
  return draw.chance(0.1) ? 'x'.repeat(schema.maxLength ?? 20) : draw.word()
}

/** Stands in a body for a text that JSON.stringify would not write. */
const placeholder = '@@hostile@@'

/** The text of a body: what the operation takes, or that with one thing wrong, or nothing of the kind. */
export function bodyFrom(schema: Schema, example: object, draw: Draw): string | Buffer {
  const base = draw.chance(0.5) ? withId(example, draw) : valueFrom(schema, draw)
  if (draw.chance(0.4)) return JSON.stringify(base)
  if (draw.chance(0.12)) return rawBody(JSON.stringify(base), draw)
  const spoiled = structuredClone(base)
  spoil(spoiled, draw)
  return JSON.stringify(spoiled).replaceAll(JSON.stringify(placeholder), () => draw.literal())
}

/** A new coupon often gets an id from a few, so that they meet. */
function withId(example: object, draw: Draw): object {
  if (!('data' in example) || !draw.chance(0.3)) return example
  return { ...example, data: { ...(example.data as object), id: `FUZZ${draw.int(200)}` } }
}

function spoil(value: unknown, draw: Draw): void {
  if (typeof value !== 'object' || value === null) return
  const fields = value as Record<string, unknown>
  const name = draw.pick([...Object.keys(fields), 'data'])
  if (draw.chance(0.6) && typeof fields[name] === 'object') return spoil(fields[name], draw)
  const way = draw.int(4)
  if (way === 0) delete fields[name]
  else if (way === 1) fields[draw.text()] = placeholder
  else fields[name] = placeholder
}

function rawBody(json: string, draw: Draw): string | Buffer {
  const at = draw.int(json.length)
  return draw.pick<() => string | Buffer>([
    () => json.slice(0, at),
    () => json.slice(0, at) + draw.text() + json.slice(at),
    () => `\uFEFF${json}`,
    () => `${json}${json}`,
    () => json.replace('{', '{"data":1,'),
    () => json.replace('"data"', '"data":{"percent_off":10},"data"'),
    () =>
      Buffer.concat([
        Buffer.from(json.slice(0, at)),
        Buffer.from([0xff, 0xfe, 0xc0, 0x80]),
        Buffer.from(json.slice(at)),
      ]),
    () => Buffer.from(json, 'utf16le'),
    () => draw.literal(),
    () => `data[name]=x&data[percent_off]=25`,
    () => `{"data":{"name":"${'x'.repeat(600_000)}"}}`,
  ])()
}
