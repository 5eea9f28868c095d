import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'

const buildSerializer = SerializerSelector()

/**
 * Fastify's serializers, each compiled when its first answer is sent: every route declares a dozen answers, few of which a
 * process ever sends, and compiling them all would take half of the time to start.
 */
export const serializersOnFirstUse: typeof buildSerializer = (externalSchemas, options) => {
  const compile = buildSerializer(externalSchemas, options)
  return (route) => {
    let serialize: ReturnType<typeof compile> | undefined
    return (data) => (serialize ??= compile(route))(data)
  }
}
