import { parseArgs } from 'node:util'
import { printable } from './output.ts'
import { type Command, UsageError } from './command.ts'

/** What was given to a command, by its options. @throws UsageError */
export function readArguments({ options: own = {}, positionalsMax = 0 }: Command, args: string[]) {
  const options: NonNullable<Command['options']> = { json: { type: 'boolean' }, ...own }
  // `strict` would refuse in Node's words, which speak of Node's own rules.
  const { values, positionals, tokens } = parseArgs({
    args,
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const given = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option) {
      const known = Object.keys(options).map((key) => `--${key}`)
      throw new UsageError(`There is no option ${printable(rawName)} here, only ${known.join(', ')}.`)
    }
    if (option.type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value.`)
    // A value that begins with a dash is a forgotten one, unless it is joined to its option.
    if (option.type === 'string' && (value === undefined || value === '' || (!inlineValue && value.startsWith('-')))) {
      throw new UsageError(`${rawName} needs a value.`)
    }
    if (given.has(name) && option.multiple !== true) throw new UsageError(`${rawName} can be given once.`)
    given.add(name)
  }
  const extra = positionals[positionalsMax]
  if (extra !== undefined) throw new UsageError(`"${printable(extra)}" is one argument too many.`)
  return { values, positionals }
}
