import { Agent } from 'undici'
import type { Options as ServerOptions } from '../../test/support/server.ts'
import { forkModule, forkServer, type ForkedServer } from './fork.ts'
import { listenFor } from './listener.ts'
import type { Noise, NoiseCommands } from './noise.ts'
import type { StandIn } from './stand-in.ts'
import { quantile } from './statistics.ts'

type Measured = {
  quietP99: number
  noisyP99: number
  /** Of p99 with the noise to p99 without, one a round. */
  ratios: number[]
  /** How the noise was answered. */
  answered: Record<string, number>
  /** The first refusal that the quiet agency got. */
  refused: string | undefined
  /** How much more memory the process had during the noise, in bytes. */
  growth: number
}

type Stage = {
  server: ForkedServer
  measure: (noise: Noise, windows: { ms: number; rounds: number }) => Promise<Measured>
}

/**
 * Measures what an agency that keeps to its limits hears while others make noise. The noise goes to the server and, in turns, to a
 * stand-in: what it costs the machine is in both measurements, so that what they differ by is the server's.
 */
export async function besideNoise<T>(options: ServerOptions, work: (stage: Stage) => Promise<T>): Promise<T> {
  const standIns = [forkModule<StandIn>('./stand-in.ts', {}), forkModule<StandIn>('./stand-in.ts', {})] as const
  const [stripePort = 0, dummyPort = 0] = await Promise.all(standIns.map((standIn) => standIn.call('open')))
  const server = await forkServer({ ...options, stripe: `http://127.0.0.1:${stripePort}` })
  const source = forkModule<NoiseCommands>('./noise.ts', {})
  const agent = new Agent({ connections: 32 })
  const listen = async (ms: number) => await listenFor(ms, server.url, server.tenant, agent)

  const during = async (port: number, noise: Noise, ms: number) => {
    await source.call('start', port, noise)
    // Until all connections are open, and budgets are used up.
    await listen(1_200)
    const heard = await listen(ms)
    const { rss } = await server.call('memory')
    return { ...heard, rss, answered: await source.call('stop') }
  }
  const measure: Stage['measure'] = async (noise, { ms, rounds }) => {
    const quiet: number[] = []
    const noisy: number[] = []
    const measured = { ratios: [] as number[], answered: {} as Record<string, number>, growth: 0 }
    let refused: string | undefined
    for (let round = 0; round < rounds; round += 1) {
      const without = await during(dummyPort, noise, ms)
      const beside = await during(Number(new URL(server.url).port), noise, ms)
      quiet.push(...without.times)
      noisy.push(...beside.times)
      measured.ratios.push(quantile(beside.times, 0.99) / quantile(without.times, 0.99))
      measured.growth = Math.max(measured.growth, beside.rss - without.rss)
      refused ??= without.refused[0] ?? beside.refused[0]
      for (const [how, count] of Object.entries(beside.answered)) {
        measured.answered[how] = (measured.answered[how] ?? 0) + count
      }
    }
    return { ...measured, refused, quietP99: quantile(quiet, 0.99), noisyP99: quantile(noisy, 0.99) }
  }

  try {
    await listen(1_000)
    return await work({ server, measure })
  } finally {
    await agent.close()
    await Promise.all([source, server, ...standIns].map((one) => one.close()))
  }
}
