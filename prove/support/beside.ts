import { Agent } from 'undici'
import type { Options as ServerOptions } from '../../test/support/server.ts'
import { forkModule, forkServer, type ForkedServer } from './fork.ts'
import { listenFor } from './listener.ts'
import type { Noise, NoiseCommands } from './noise.ts'
import type { StandIn } from './stand-in.ts'
import { quantile } from './statistics.ts'

type Measured = {
  /** How much longer p99 is beside the noise, in milliseconds, in the better window. */
  delay: number
  quietP99: number
  noisyP99: number
  /** Of p99 with the noise to the larger p99 without it just before and after. */
  ratios: number[]
  /** How the noise was answered. */
  answered: Record<string, number>
  /** The first refusal that the quiet agency got. */
  refused: string | undefined
  /** How much more memory the process had during the noise, in bytes. */
  growth: number
}

/** In milliseconds. */
const schedulerMs = 250

/**
 * Whether p99 is beyond the bound. A short window has some forty answers, of which another program on the machine can delay one or
 * two: there, both windows must be beyond it, and by more than a scheduler does. A server that is starved answers seconds later.
 */
export function isBeyond(
  bound: number,
  { ratios, delay }: Pick<Measured, 'ratios' | 'delay'>,
  quick: boolean,
): boolean {
  return quick ? Math.min(...ratios) > bound && delay > schedulerMs : quantile(ratios, 0.5) > bound
}

type Window = { times: number[]; refused: string[]; rss: number; answered: Record<string, number> }

type Stage = {
  server: ForkedServer
  measure: (noise: Noise, windows: { ms: number; blocks: number }) => Promise<Measured>
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
  const port = Number(new URL(server.url).port)
  const listen = async (ms: number) => await listenFor(ms, server.url, server.tenant, agent)

  const during = async (to: number, noise: Noise, ms: number) => {
    await source.call('start', to, noise)
    // Until all connections are open, and budgets are used up.
    await listen(700)
    const { times, refused } = await listen(ms)
    const { rss } = await server.call('memory')
    return { times, refused, rss, p99: quantile(times, 0.99), answered: await source.call('stop') }
  }
  const measure: Stage['measure'] = async (noise, { ms, blocks }) => {
    const windows = { quiet: [] as Window[], noisy: [] as Window[] }
    const ratios: number[] = []
    const delays: number[] = []
    for (let block = 0; block < blocks; block += 1) {
      const before = await during(dummyPort, noise, ms)
      const beside = [await during(port, noise, ms), await during(port, noise, ms)]
      const after = await during(dummyPort, noise, ms)
      // The machine may become busier or less so meanwhile, and what it did on either side is no fault of the server.
      const quiet = Math.max(before.p99, after.p99)
      ratios.push(...beside.map(({ p99 }) => p99 / quiet))
      delays.push(...beside.map(({ p99 }) => p99 - quiet))
      windows.quiet.push(before, after)
      windows.noisy.push(...beside)
    }
    const answered: Record<string, number> = {}
    for (const [how, count] of windows.noisy.flatMap((window) => Object.entries(window.answered))) {
      answered[how] = (answered[how] ?? 0) + count
    }
    const p99Of = (of: Window[]) =>
      quantile(
        of.flatMap(({ times }) => times),
        0.99,
      )
    const rssOf = (of: Window[]) => Math.max(...of.map(({ rss }) => rss))
    return {
      quietP99: p99Of(windows.quiet),
      noisyP99: p99Of(windows.noisy),
      ratios,
      delay: Math.min(...delays),
      answered,
      refused: [...windows.quiet, ...windows.noisy].flatMap(({ refused }) => refused)[0],
      growth: rssOf(windows.noisy) - (windows.quiet[0]?.rss ?? 0),
    }
  }

  try {
    await listen(1_000)
    return await work({ server, measure })
  } finally {
    await agent.close()
    await Promise.all([source, server, ...standIns].map((one) => one.close()))
  }
}
