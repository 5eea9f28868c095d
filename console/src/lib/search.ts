/**
 * A reader of a route's search parameters: the named ones, as text, also where the router took them for a number or a boolean.
 * Anybody can write into a URL, so what does not fit counts as absent.
 */
export function searchTexts<const Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [key in Name]?: string | undefined } => {
    const texts: { [key in Name]?: string | undefined } = {}
    for (const name of names) {
      const value = search[name]
      const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
      if (typeof text === 'string' && text !== '') texts[name] = text
    }
    return texts
  }
}
