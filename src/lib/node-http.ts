/** Node's HTTP module. An `import` of it would load Node's fetch and WebSocket too, which the server does not use. */
export const nodeHttp = process.getBuiltinModule('node:http')
