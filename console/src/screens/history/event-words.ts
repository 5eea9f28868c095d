import type { Event } from '../../api/client.ts'
import { cannotBeTold, isOpen } from '../../lib/event-sentence.ts'

const outcomes: Partial<Record<string, string>> = {
  applied: 'It was done.',
  replayed: 'An earlier request with the same Idempotency-Key had done it; this one changed nothing.',
  not_applied: 'Nothing was changed.',
}

/** What became of an event's request. */
export function outcomeWords(event: Event): string {
  if (isOpen(event)) return cannotBeTold(event) ? 'Nobody can tell whether it was done.' : 'Not known yet.'
  if (event.type === 'request.refused') return 'It was refused; nothing was changed.'
  return outcomes[event.outcome ?? 'applied'] ?? event.outcome ?? ''
}

const sources: Partial<Record<string, string>> = {
  caller: 'sent by the caller',
  guard: 'shared by equal requests within the key’s guard',
  generated: 'made by the server, because the caller sent none',
}

/** Where an Idempotency-Key came from. */
export function keySourceWords(source: string | null): string | undefined {
  return source === null ? undefined : sources[source]
}

/** The terms as they are read best; as they are where they are no JSON. */
export function prettyTerms(terms: string): string {
  try {
    return JSON.stringify(JSON.parse(terms), undefined, 2)
  } catch {
    return terms
  }
}
