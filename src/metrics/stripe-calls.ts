import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { monotonicClock } from '../lib/clock.ts'
import type { CallObserver } from '../stripe/observer.ts'

/** Returns the observer that counts calls to Stripe, those of bulk jobs and of settling too. */
export function createStripeMetrics(registry: Registry): CallObserver {
  const registers = [registry]
  const labelNames = ['endpoint'] as const
  const calls = new Counter({
    name: 'chatdash_stripe_calls_total',
    help: 'Calls to Stripe that have ended, by endpoint and the code of their refusal.',
    labelNames: ['endpoint', 'code'],
    registers,
  })
  const durations = new Histogram({
    name: 'chatdash_stripe_call_duration_seconds',
    help: 'From the first attempt of a call to the end of its last.',
    labelNames,
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40],
    registers,
  })
  const waits = new Histogram({
    name: 'chatdash_stripe_queue_seconds',
    help: 'How long a call waited for its turn.',
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const retries = new Counter({
    name: 'chatdash_stripe_retries_total',
    help: 'Attempts beyond the first of a call.',
    labelNames,
    registers,
  })
  const unknown = new Counter({
    name: 'chatdash_stripe_unknown_outcomes_total',
    help: 'Writes of which nobody knows whether Stripe has made the change.',
    labelNames,
    registers,
  })
  const waiting = new Gauge({
    name: 'chatdash_stripe_calls_waiting',
    help: 'Calls that wait for their turn.',
    registers,
  })
  const inFlight = new Gauge({
    name: 'chatdash_stripe_calls_in_flight',
    help: 'Calls that were sent and have not ended.',
    registers,
  })
  const { now } = monotonicClock

  return (endpoint) => {
    const queuedAt = now()
    let startedAt: number | undefined
    waiting.inc()
    return {
      started() {
        startedAt = now()
        waiting.dec()
        inFlight.inc()
        waits.observe((startedAt - queuedAt) / 1_000)
      },
      ended({ retries: count, refusal }) {
        if (startedAt === undefined) waiting.dec()
        else {
          inFlight.dec()
          durations.observe({ endpoint }, (now() - startedAt) / 1_000)
        }
        calls.inc({ endpoint, code: refusal?.code ?? '' })
        retries.inc({ endpoint }, count)
        unknown.inc({ endpoint }, refusal?.outcome === 'unknown' ? 1 : 0)
      },
    }
  }
}
