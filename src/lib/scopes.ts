/** What an API key may be allowed to do. Each route names the one that it needs. */
export const scopes = [
  'accounts:read',
  'coupons:read',
  'coupons:write',
  'promotion_codes:read',
  'promotion_codes:write',
  'events:read',
  'keys:manage',
] as const

export type Scope = (typeof scopes)[number]

export function isScope(text: string): text is Scope {
  return scopes.some((scope) => scope === text)
}

/** Whether requests under this scope change something. */
export function isWriting(scope: Scope): boolean {
  return scope.endsWith(':write') || scope === 'keys:manage'
}
