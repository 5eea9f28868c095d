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

/** What this tab keeps through reload, back and forward, or else `missing`: never a secret. A browser that stores nothing keeps nothing. */
export function kept<Value>(name: string, missing: Value): Value {
  try {
    const value: Value | null = JSON.parse(sessionStorage.getItem(`chatdash.${name}`) ?? 'null')
    return value ?? missing
  } catch {
    return missing
  }
}

export function keep(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(`chatdash.${name}`, JSON.stringify(value))
  } catch {
    // Then it lives as long as what shows it.
  }
}

export function forget(name: string): void {
  try {
    sessionStorage.removeItem(`chatdash.${name}`)
  } catch {
    // Then there is none.
  }
}
