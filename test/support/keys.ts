import { expect } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import type { Bounds } from '../../src/agencies/bounds.ts'
import { scopes } from '../../src/lib/scopes.ts'
import type { Mode } from '../../src/lib/mode.ts'
import type { Answer, Tenant, TestServer } from './server.ts'

export type Limits = Partial<Bounds> & { expiresAt?: number | null; mode?: Mode | null }

/** One more key of the tenant's agency, made by the operator: with every scope, where no other ones are given. */
export async function keyWith({ database }: TestServer, of: Tenant, limits: Limits = {}): Promise<Tenant> {
  const { expiresAt = null, mode = null, ...more } = limits
  const bounds = { scopes: [...scopes], ...more }
  const made = await createApiKeys(database, 'sandbox').createKey(of.agencyId, 'made', { bounds, expiresAt, mode })
  return { ...of, keyId: made.id, key: made.secret }
}

const keysPath = '/v1/public/keys'

/** The calls of the tenant's key on the keys of its agency. */
export function callsOf(server: TestServer, { key }: Tenant) {
  const post = (path: string, data?: object, headers: Record<string, string> = {}) =>
    server.call(keysPath + path, { method: 'POST', key, headers, ...(data && { body: { data } }) })
  return {
    create: (data: object, headers?: Record<string, string>) => post('', { name: 'n8n', ...data }, headers),
    list: (query = '') => server.call(keysPath + query, { key }),
    retrieve: (id: string) => server.call(`${keysPath}/${id}`, { key }),
    update: (id: string, data: object) => server.call(`${keysPath}/${id}`, { method: 'PUT', key, body: { data } }),
    rotate: (id: string, overlap_seconds: number, headers?: Record<string, string>) =>
      post(`/${id}/rotate`, { overlap_seconds }, headers),
    revoke: (id: string) => post(`/${id}/revoke`),
    freeze: (id: string) => post(`/${id}/freeze`),
    unfreeze: (id: string) => post(`/${id}/unfreeze`),
  }
}

/** The tenant that calls with the key of this answer. */
export function tenantOf(answer: Answer, of: Tenant): Tenant {
  expect(answer.status).toBe(201)
  return { ...of, keyId: String(answer.body['id']), key: String(answer.body['secret']) }
}

/** The ids of a page of a list. */
export function idsOf({ body }: Answer): string[] {
  return (body['data'] as { id: string }[]).map(({ id }) => id)
}
