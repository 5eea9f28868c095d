import type { Metrics } from '../../src/metrics/metrics.ts'

export type Sample = { name: string; labels: Record<string, string>; value: number }

/** The samples of a scrape. */
export async function scrape(metrics: Metrics): Promise<Sample[]> {
  return samplesOf(await metrics.text())
}

export function samplesOf(text: string): Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', of = '']) => [key, of])
    return { name, labels: Object.fromEntries(pairs), value: Number(value) }
  })
}

/** The value of the one sample that has this name and at least these labels; undefined where there is none. */
export async function valueOf(metrics: Metrics, name: string, labels: Record<string, string> = {}) {
  const isMeant = (sample: Sample) =>
    sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value)
  return (await scrape(metrics)).find(isMeant)?.value
}
