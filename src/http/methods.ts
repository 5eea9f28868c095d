import type { FastifyInstance } from 'fastify'

/** Collects the routes that follow. Returns a function that lists the methods of a path, in alphabetical order. */
export function collectMethods(server: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: URLPattern; methods: string[] }[] = []
  server.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: new URLPattern({ pathname: url }), methods: [method].flat() })
  })
  return (path) => {
    const matching = routes.filter(({ pattern }) => pattern.test({ pathname: path }))
    return [...new Set(matching.flatMap(({ methods }) => methods))].toSorted()
  }
}
