/** Bare node:http with a constant answer, the one argument: nothing that speaks HTTP on Node is faster. */
import { createServer } from 'node:http'
import { announce } from './announce.ts'

const body = Buffer.from(process.argv[2] ?? '{}')
const headers = ['Content-Type', 'application/json', 'Content-Length', String(body.length)]

announce(
  createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, headers)
      response.end(body)
    })
  }),
)
