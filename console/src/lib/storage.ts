/** What this browser remembers between visits: never a secret. A browser that stores nothing is no failure. */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(`chatdash.${name}`) ?? undefined
  } catch {
    return undefined
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`chatdash.${name}`, value)
  } catch {
    // Then the next visit starts without it.
  }
}
