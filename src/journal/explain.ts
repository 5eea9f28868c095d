import type { JournalEvent } from './events.ts'

/** What an event means, in a sentence or two for a person. */
export function explain(event: JournalEvent): string {
  if (event.type === 'request.refused') return `${who(event)} was refused before Stripe was asked. Nothing was changed.`
  if (!event.isChange)
    return `${who(event)} made the change ${event.type}${event.objectId === null ? '' : ` to ${event.objectId}`}.`
  return `${who(event)} asked for ${event.type}. ${whatBecame(event)} ${aboutKey(event)}`.trimEnd()
}

function who({ actor, keyId, address }: JournalEvent): string {
  if (actor === 'operator') return 'An operator'
  if (actor === 'worker') return `A bulk job of ${keyId ?? 'an unknown key'}`
  return `${keyId ?? 'An unknown key'}${address === null ? '' : ` from ${address}`}`
}

function whatBecame({ outcome, objectId, settledAt }: JournalEvent): string {
  const object = objectId ?? 'The object'
  const found = settledAt === null ? '' : ' The answer was lost, and Stripe was asked afterwards.'
  switch (outcome) {
    case 'applied':
      return `Stripe made the change to ${object}.${found}`
    case 'replayed':
      return `Stripe had made the change to ${object} for an earlier request with the same Idempotency-Key, and made nothing new.`
    case 'not_applied':
      return `Nothing was changed.${found}`
    case 'unknown':
      return settledAt === null
        ? 'Stripe gave no clear answer. See: chatdash journal settle'
        : `Nobody can tell whether the change was made.${found}`
    default:
      return 'No answer is known yet. See: chatdash journal settle'
  }
}

function aboutKey({ type, keySource, outcome }: JournalEvent): string {
  if (!type.endsWith('.create') || keySource !== 'generated' || outcome === 'not_applied') return ''
  return 'The caller sent no Idempotency-Key, so that the same request again makes another one.'
}
