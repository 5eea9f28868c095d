import { registerHooks } from 'node:module'

/** A text in a source file, and what stands there in the simulation. */
export type Change = { file: string; from: string; to: string }

/** Where chance comes from what no argument and no global reaches, or is kept from one history for the next. */
export const adaptations: Change[] = [
  {
    file: 'src/sandbox/store/schema.ts',
    from: 'json_array(random() >> 33, random() >> 33, random() >> 33, random() >> 33)',
    to: 'json_array(1183, 927364, 55511, 1073001)',
  },
  {
    file: 'src/sandbox/store/ids.ts',
    from: 'const byte = (pool[next++] ?? 0) & 63',
    to: 'const byte = Math.floor(Math.random() * 64)',
  },
  {
    file: 'src/lib/ids.ts',
    from: 'Buffer.alloc(512 * randomBytes)',
    to: 'Buffer.alloc(randomBytes)',
  },
]

/** Changes source files while they are loaded. @throws Error where a text is no longer in its file exactly once */
export function patchSources(changes: Change[]): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const own = changes.filter(({ file }) => url.endsWith(`/${file}`))
      if (own.length === 0) return loaded
      let source = String(loaded.source)
      for (const { file, from, to } of own) {
        if (source.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`)
        source = source.replace(from, () => to)
      }
      return { ...loaded, source }
    },
  })
}
