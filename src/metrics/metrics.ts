import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Mode } from '../lib/mode.ts'
import { readVersion } from '../lib/version.ts'
import { createReadings, type Sources } from './readings.ts'
import { createRequestMetrics } from './requests.ts'
import { createStripeMetrics } from './stripe-calls.ts'

export type Metrics = ReturnType<typeof createMetrics>

/**
 * What one process counts, in the text format of Prometheus. No label names an agency, an account or a key, so that the number of
 * series does not grow with them. docs/monitoring.md lists all metrics; a test compares the two.
 */
export function createMetrics(mode: Mode) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'chatdash_build_info',
    help: 'Always 1, with the version and the mode of the process.',
    labelNames: ['version', 'mode'],
    registers: [registry],
  }).set({ version: readVersion(), mode }, 1)
  let read = async (): Promise<void> => {}

  return {
    /** Adds to a server the hooks that count its requests. */
    observeRequests: createRequestMetrics(registry),
    observeCall: createStripeMetrics(registry),
    /** Names what is read anew at each scrape. */
    watch(sources: Sources): void {
      read = createReadings(registry, mode, sources)
    },
    contentType: registry.contentType,
    /** One scrape. What cannot be read is missing in it, and fails nothing else. */
    async text(): Promise<string> {
      await read()
      return await registry.metrics()
    },
  }
}
