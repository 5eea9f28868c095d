import type { Event } from '../api/client.ts'
import { discountWords, durationWords } from './discount.ts'

/** What was done, and what it takes to say that it was only tried. */
const verbs: Partial<Record<string, readonly [did: string, todo: string, what?: string]>> = {
  'coupon.create': ['made', 'make'],
  'coupon.update': ['changed', 'change'],
  'coupon.delete': ['deleted', 'delete'],
  'promotion_code.create': ['made', 'make', 'the promotion code'],
  'promotion_code.bulk_create': ['made', 'make', 'the promotion code'],
  'promotion_code.update': ['changed', 'change', 'the promotion code'],
  'api_key.created': ['made', 'make', 'the key'],
  'api_key.changed': ['changed', 'change', 'the key'],
  'api_key.rotated': ['rotated', 'rotate', 'the key'],
  'api_key.revoked': ['revoked', 'revoke', 'the key'],
  'api_key.frozen': ['froze', 'freeze', 'the key'],
  'api_key.unfrozen': ['unfroze', 'unfreeze', 'the key'],
  'request.refused': ['made a request that was refused', 'make a request'],
}

type Terms = Record<string, unknown>

/**
 * An event in a sentence: `n8n made SUMMER20, 25% off, first invoice`.
 * @param nameOf gives the name of a key or another object by its id, where it is known
 */
export function eventSentence(event: Event, nameOf: (id: string) => string | undefined): string {
  const who = actorOf(event, nameOf)
  const terms = termsOf(event)
  const isRenamed = event.type === 'coupon.update' && text(terms['name']) !== undefined
  const [did, todo, what] = isRenamed
    ? ['renamed', 'rename']
    : (verbs[event.type] ?? [event.type.replaceAll(/[._]/g, ' '), event.type])
  const object = [what, objectOf(event, terms, nameOf)].filter(Boolean).join(' ')
  if (event.type === 'request.refused') return `${who} ${did}${object === '' ? '' : `: ${object}`}`
  if (event.outcome === 'not_applied') return `${who} could not ${todo} ${object}`
  if (isOpen(event))
    return `${who} asked to ${todo} ${object}; what came of it ${cannotBeTold(event) ? 'cannot be told' : 'is not known yet'}`
  const again = event.outcome === 'replayed' ? ' (asked again, made once)' : ''
  return [`${who} ${did} ${object}${again}`, detailsOf(event, terms)].filter(Boolean).join(', ')
}

/** Whether nobody knows what became of a change. */
export function isOpen({ type, outcome }: Event): boolean {
  const isChange = type.startsWith('coupon.') || type.startsWith('promotion_code.')
  return isChange && (outcome === null || outcome === 'unknown')
}

/** Whether nobody will: Stripe was asked afterwards, and could not tell. */
export function cannotBeTold(event: Event): boolean {
  return isOpen(event) && event.settled !== null
}

function actorOf({ actor, key }: Event, nameOf: (id: string) => string | undefined): string {
  if (actor === 'operator') return 'The operator'
  if (actor === 'worker') return key === null ? 'A bulk job' : `A bulk job of ${nameOf(key) ?? key}`
  return key === null ? 'Somebody' : (nameOf(key) ?? key)
}

function termsOf({ terms }: Event): Terms {
  if (terms === null) return {}
  try {
    const parsed: unknown = JSON.parse(terms)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}

function objectOf({ object_id: id, type }: Event, terms: Terms, nameOf: (id: string) => string | undefined): string {
  const written = text(terms['code']) ?? (id === null ? undefined : (nameOf(id) ?? id)) ?? text(terms['id'])
  return written ?? (type.startsWith('coupon.') ? 'a coupon' : '')
}

function detailsOf({ type }: Event, terms: Terms): string | undefined {
  const name = text(terms['name'])
  if (type === 'coupon.update') return name && `to “${name}”`
  if (type !== 'coupon.create') return undefined
  const discount = {
    percent_off: number(terms['percent_off']),
    amount_off: number(terms['amount_off']),
    currency: text(terms['currency']) ?? null,
  }
  const duration = {
    duration: text(terms['duration']) ?? 'once',
    duration_in_months: number(terms['duration_in_months']),
  }
  return `${discountWords(discount)}, ${durationWords(duration)}`
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
