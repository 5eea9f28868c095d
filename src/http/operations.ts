/** As much of a JSON schema as the pages show. */
export type Schema = {
  $ref?: string
  type?: string
  description?: string
  example?: unknown
  nullable?: boolean
  enum?: unknown[]
  minimum?: number
  maximum?: number
  maxLength?: number
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: Schema | boolean
}
export type Parameter = { name: string; in: string; required?: boolean; description?: string; schema: Schema }
type Content = Record<string, { schema: Schema; example?: unknown }>
export type Answer = { description: string; content?: Content }
type Described = {
  summary: string
  description?: string
  tags?: string[]
  security?: object[]
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, Answer>
}

/** As much of the OpenAPI document as is shown to people and models. */
export type OpenApi = {
  info: { title: string; description?: string; version: string }
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema> }
}

/** An operation that needs a key; `path` begins with the document's server, `body` is the documented example. */
export type Operation = Described & { method: string; path: string; body: unknown; bodySchema: Schema | undefined }

/** Every operation of the document that needs a key, in its order. */
export function operationsOf({ servers, paths }: OpenApi): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { security = [] }]) => security.length > 0)
      .map(([method, described]) => {
        const { schema: bodySchema, example: body } = described.requestBody?.content['application/json'] ?? {}
        return { ...described, method: method.toUpperCase(), path: (servers[0]?.url ?? '') + path, body, bodySchema }
      }),
  )
}
