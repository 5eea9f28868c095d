import type { FastifyInstance } from 'fastify'
import { isScope, type Scope } from '../lib/scopes.ts'

/**
 * Who may call a route: a key with this scope, any key that works, the operator, anybody, or a health check, which no limit applies to.
 */
export type Access = Scope | 'any_key' | 'operator' | 'public' | 'probe'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifySchema {
    operationId?: string
  }
}

/**
 * Makes the server refuse to boot with a route that does not say who may call it, what it is called and how it answers,
 * or that would take query parameters it has not declared.
 */
export function enforceRouteRules(server: FastifyInstance): void {
  const operationIds = new Map<string, string>()

  server.addHook('onRoute', (route) => {
    const name = `${String(route.method)} ${route.url}`
    const operationId = route.schema?.operationId
    if (route.config?.access === undefined) throw new Error(`${name} does not declare config.access`)
    if (operationId === undefined) throw new Error(`${name} does not declare schema.operationId`)
    if (route.schema?.response === undefined) throw new Error(`${name} does not declare schema.response`)
    if (route.schema.querystring === undefined) throw new Error(`${name} does not declare schema.querystring`)
    // Fastify adds a HEAD beside each GET, which is the same operation.
    const other = operationIds.get(operationId)
    if (other !== undefined && other !== route.url) throw new Error(`${name} takes the operationId of ${other}`)
    operationIds.set(operationId, route.url)
  })
}

/** Whether a route is for callers with an API key alone. */
export function needsKey(access: Access | undefined): boolean {
  return access !== undefined && (access === 'any_key' || isScope(access))
}
