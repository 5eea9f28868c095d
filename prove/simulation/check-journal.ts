import type { Record } from './history.ts'
import type { Observer, Start } from './journal.ts'
import type { WireCall } from './wire.ts'

/** The journal has a start of all that reached Stripe, and what it says of the outcome is so. */
export function* checkJournal(observer: Observer, { calls, crashes }: Record): Generator<string> {
  const starts = observer.starts()
  const startOf = new Map(starts.map((start) => [start.change_id, start]))
  const ended = new Map(observer.later('ended').map((end) => [end.change_id, end]))
  const settled = new Map(observer.later('settled').map((one) => [one.change_id, one]))
  const callsOf = Map.groupBy(calls, ({ change }) => change)
  const appliedIn = (some: WireCall[]) => some.find(({ appliedAt }) => appliedAt !== undefined)
  const ownCalls = (change: string) => callsOf.get(change) ?? []
  const sameCalls = (start: Start) =>
    starts.filter((other) => isSame(start, other)).flatMap(({ change_id: change }) => ownCalls(change))

  for (const [change, of] of callsOf) {
    if (change === undefined) continue
    if (!startOf.has(change)) yield `journal: the start of ${of[0]?.path} is lost.`
    if (crashes === 0 && !ended.has(change)) yield `journal: the end of ${of[0]?.path} is lost.`
  }
  for (const [change, { outcome, type, object_id: id }] of ended) {
    const made = appliedIn(ownCalls(change))
    const start = startOf.get(change)
    if (outcome === 'not_applied' && made)
      yield `journal: ${type} says that nothing changed, and ${made.path} was done.`
    if ((outcome === 'applied' || outcome === 'replayed') && start && !appliedIn(sameCalls(start))) {
      yield `journal: ${type} says that ${id} was changed, and nothing was done.`
    }
  }
  const claimed = new Map<string, Start>()
  for (const [change, { outcome, type, object_id: id, message }] of settled) {
    const start = startOf.get(change)
    if (!start) continue
    const made = appliedIn(sameCalls(start))
    const isMaking = /create/.test(type)
    // Of changes that nothing tells apart, each may be told of any object that one of them made.
    const equal = starts.filter((other) => isSame({ ...start, idempotency_key: other.idempotency_key }, other))
    const mayBe = equal.flatMap(({ change_id: other }) => ownCalls(other)).map(({ objectId }) => objectId)
    const claim = claimed.get(`${start.account_id} ${id}`)
    const isWrong =
      (outcome === 'applied' &&
        (!made || (isMaking && (!mayBe.includes(id ?? '') || (claim && !isSame(claim, start)))))) ||
      (outcome === 'not_applied' && appliedIn(ownCalls(change)) !== undefined)
    if (isMaking && outcome === 'applied') claimed.set(`${start.account_id} ${id}`, start)
    if (!isWrong) continue
    yield `settling: ${type} says ${outcome} ("${message}"), and ${made ? `${made.objectId} was made` : 'nothing was done'}.`
  }
  for (const { change_id: change, type } of starts) {
    const outcome = ended.get(change)?.outcome
    if ((outcome === undefined || outcome === 'unknown') && !settled.has(change)) yield `settling: left out a ${type}.`
  }
}

/** Whether the two starts are of the same change: under one key, or of a kind that has none, in the same words. */
function isSame(one: Start, other: Start): boolean {
  const isKeyed = one.type === 'coupon.create.started' || one.type.startsWith('promotion_code.')
  return (
    one.type === other.type &&
    one.account_id === other.account_id &&
    one.agency_id === other.agency_id &&
    one.terms === other.terms &&
    (isKeyed ? one.idempotency_key === other.idempotency_key : one.object_id === other.object_id)
  )
}
