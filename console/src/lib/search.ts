/**
 * A reader of a route's search parameters: the named ones, as text. Anybody can write into a URL, so what does not fit counts as
 * absent.
 */
export function searchTexts<const Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [key in Name]?: string | undefined } => {
    const texts: { [key in Name]?: string | undefined } = {}
    for (const name of names) {
      const value = search[name]
      if (typeof value === 'string' && value !== '') texts[name] = value
    }
    return texts
  }
}
