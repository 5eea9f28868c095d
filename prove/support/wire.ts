import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { WireRequest, WireResponse } from '../../src/lib/wire.ts'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import { createDeeds } from './deeds.ts'

/** One request that arrived in Stripe's place, for the program to carry out and to answer as it likes. */
export type Exchange = {
  request: WireRequest
  response: ServerResponse
  /** Has the sandbox carry it out, or another request in its place. */
  apply: (instead?: WireRequest) => Promise<WireResponse>
  /** Answers as Stripe would. */
  reply: (answer: WireResponse) => void
}

export type Behave = (exchange: Exchange) => Promise<void>

export type Wire = Awaited<ReturnType<typeof openWire>>

/** Any secret key is the sandbox's. */
export const stripeKey = 'sk_test_prove'

/** A server in Stripe's place: each request is given to `behave`, and the sandbox behind it carries out what it is asked. */
export async function openWire(behave: Behave) {
  const sandbox = openSandbox({ file: ':memory:' })
  const deeds = createDeeds()

  const carryOut = async (request: WireRequest): Promise<WireResponse> => {
    const answer = await sandbox.send(request)
    deeds.applied(request, answer)
    return answer
  }

  const server = createServer((incoming, response) => {
    const meet = async () => {
      const request = { ...partsOf(incoming), body: await text(incoming) }
      deeds.received(request)
      const reply = (answer: WireResponse) => write(response, answer)
      await behave({ request, response, apply: (instead) => carryOut(instead ?? request), reply })
    }
    // The connection may break at any moment: the server was killed, or a fault broke it.
    meet().catch(() => response.destroy())
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  // The address of a server that listens on a port is never a pipe's name.
  const { port } = server.address() as AddressInfo

  return {
    port,
    sandbox,
    deeds,

    /** Refuses new connections for so long. */
    async refuse(ms: number): Promise<void> {
      server.close()
      server.closeIdleConnections()
      await new Promise((resolve) => setTimeout(resolve, ms))
      await listen(port)
    },

    close() {
      server.close()
      server.closeAllConnections()
      sandbox.close()
    },
  }
}

function partsOf({ method = '', url = '', headers }: IncomingMessage) {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) flat[name] = String(value)
  return { method, path: url, headers: flat }
}

function write(response: ServerResponse, { status, headers, body }: WireResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** A client of the sandbox behind the wire, which no fault meets. */
export function sandboxClient({ sandbox: { send } }: Wire) {
  return createStripeClient({ secretKey: stripeKey, mode: 'test', send, timeoutMs: 60_000, retriesMax: 0 })
}
