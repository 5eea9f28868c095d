import type { Send } from '../../src/stripe/http-client.ts'
import type { WireRequest, WireResponse } from '../../src/lib/wire.ts'
import { type Sandbox, openSandbox } from '../../src/sandbox/sandbox.ts'
import type { Attempt } from './callers.ts'
import { type FaultPlan, type WireFault, wireFaults } from './faults.ts'
import { type Actor, createActor } from './queue.ts'
import type { World } from './world.ts'

/** A write that a server process sent to Stripe, and what became of it there: the truth, which no answer can hide. */
export type WireCall = {
  method: string
  path: string
  account: string
  stripeKey: string
  params: URLSearchParams
  attempt: Attempt | undefined
  /** The change that it was sent for, as the journal names it. */
  change: string | undefined
  /** When Stripe did it for the first time under its key; undefined where it never did. */
  appliedAt: number | undefined
  objectId: string | undefined
}

export type Wire = ReturnType<typeof createWire>

/** The way to Stripe and back, and Stripe itself: the sandbox. `onWrite` hears of each write that leaves a process. */
export function createWire(world: World, plan: () => FaultPlan, onWrite: (call: WireCall) => void) {
  const stripe = createActor('stripe')
  let sandbox: Sandbox | undefined

  const arrive = async (request: WireRequest): Promise<WireResponse> => {
    const { send } = sandbox ?? {}
    if (!send) throw new Error('There is no Stripe yet.')
    return await world.run({ actor: stripe }, () => send(request))
  }

  const apply = async (request: WireRequest, call: WireCall | undefined): Promise<WireResponse> => {
    const response = await arrive(request)
    const isDone = response.status === 200 && response.headers['idempotent-replayed'] === undefined
    if (call && isDone) {
      call.appliedAt ??= world.now()
      call.objectId ??= String(JSON.parse(response.body).id)
      world.note(`stripe applies ${call.method} ${call.path} on ${call.account}: ${call.objectId}`)
    }
    return response
  }

  /** One request on its way, with whatever befalls it. */
  const carry = async (request: WireRequest, call: WireCall | undefined, fault: WireFault | 'none') => {
    const random = world.random()
    const there = random.integer(5, 60)
    const back = random.integer(5, 60)
    // Stripe names its failures as it does its answers.
    const failure = (status: number) => ({
      status,
      headers: { 'request-id': 'req_failed' },
      body: '{"error":{"type":"api_error"}}',
    })
    await world.sleep(fault.startsWith('late') ? random.integer(4_000, 60_000) : there)
    switch (fault) {
      case 'refused':
        throw networkError('ECONNREFUSED')
      case 'reset before':
        throw networkError('ECONNRESET')
      case '502 before':
        return failure(502)
      case '503':
        return failure(503)
      case '429':
        return { ...failure(429), body: '{"error":{"type":"invalid_request_error","code":"rate_limit"}}' }
      case '409':
        return {
          ...failure(409),
          body: '{"error":{"type":"idempotency_error","code":"idempotency_key_in_use","message":"In use."}}',
        }
      case '500':
        return await apply({ ...request, headers: { ...request.headers, 'sandbox-fault': '500' } }, call)
      case 'duplicate':
        world.schedule(random.integer(10, 20_000), () => void apply(request, call), stripe)
        break
      default:
    }
    const response = await apply(request, call)
    await world.sleep(back)
    if (fault === 'lost after' || fault === 'late and lost') throw networkError('ECONNRESET')
    return fault === '502 after' ? failure(502) : response
  }

  const callOf = ({ method, path, headers, body }: WireRequest): WireCall => ({
    method,
    path,
    account: headers['stripe-account'] ?? '',
    stripeKey: headers['idempotency-key'] ?? '',
    params: new URLSearchParams(body),
    attempt: world.current().attempt as Attempt | undefined,
    change: world.current().change,
    appliedAt: undefined,
    objectId: undefined,
  })

  return {
    /** A new Stripe, without anything. */
    open(): void {
      sandbox?.close()
      sandbox = world.run({ actor: stripe }, () => openSandbox({ file: ':memory:' }))
    },

    /** Asks Stripe without a wire, and fails if it refuses. */
    async ask(method: string, path: string, account?: string, body = ''): Promise<Record<string, unknown>> {
      const headers = { authorization: 'Bearer sk_test_simulation', ...(account && { 'stripe-account': account }) }
      const response = await arrive({ method, path, headers, body })
      if (response.status !== 200) throw new Error(`Stripe refuses ${method} ${path}: ${response.body}`)
      return JSON.parse(response.body)
    },

    /** Sends for one process. */
    sendFor:
      (actor: Actor): Send =>
      async (request) => {
        if (actor.isDraining) throw networkError('ECONNREFUSED')
        const call = request.method === 'GET' ? undefined : callOf(request)
        if (call) onWrite(call)
        const random = world.random()
        // A repeated DELETE is not recognized by Stripe.
        const isRepeatable = request.method !== 'DELETE'
        const drawn = random.chance(plan().wire) ? random.pick(wireFaults) : 'none'
        const fault = drawn === 'duplicate' && !isRepeatable ? 'none' : drawn
        if (call) world.note(`${actor.name} sends ${call.method} ${call.path} to ${call.account}, fault: ${fault}`)
        const { promise, resolve, reject } = Promise.withResolvers<WireResponse>()
        // What is on the wire goes on without its sender, who hears of it only while it lives.
        const deliver = (run: () => void) => world.schedule(0, run, actor)
        void world.run({ actor: stripe }, () =>
          carry(request, call, fault).then(
            (response) => deliver(() => (actor.isDraining ? reject(networkError('ECONNRESET')) : resolve(response))),
            (error: unknown) => deliver(() => reject(error)),
          ),
        )
        return await promise
      },
  }
}

function networkError(code: string): Error {
  return Object.assign(new Error(`The simulated wire: ${code}`), { code })
}
