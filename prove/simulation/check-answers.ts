import type { Attempt } from './callers.ts'
import type { Record } from './history.ts'
import type { AtStripe, Made } from './invariants.ts'

/** What a server answered must be so. */
export function* checkAnswers(record: Record, atStripe: AtStripe): Generator<string> {
  for (const attempt of record.attempts) {
    const { intent, number, answer } = attempt
    if (!answer) continue
    const who = `${intent.name}.${number}`
    if (answer.status >= 500 && answer.body['code'] === 'internal') yield `errors: ${who} met an error of our own.`
    if (answer.status < 300) {
      yield* checkDone(attempt, atStripe.get(intent.account) ?? new Map()).map((what) => `acknowledged: ${who} ${what}`)
      yield* checkReplay(attempt, record).map((what) => `replay: ${who} ${what}`)
    } else if (intent.kind !== 'bulk') {
      yield* checkOutcome(attempt, record.attempts).map((what) => `outcome: ${who} ${what}`)
    }
  }
  yield* checkLast(record)
}

function checkDone({ intent, answer, isOther }: Attempt, made: Map<string, Made>): string[] {
  const id = String(answer?.body['id'])
  const found = made.get(id)
  switch (intent.kind) {
    case 'coupon':
    case 'promotion_code': {
      if (!found) return [`was answered with ${id}, which is not on the account.`]
      const isSame =
        found.metadata.tag === intent.tag &&
        (intent.kind !== 'coupon' || found.percent_off === intent.data?.['percent_off']) &&
        (intent.data?.['id'] === undefined || intent.data['id'] === id) &&
        (intent.data?.['code'] === undefined || intent.data['code'] === found.code) &&
        (!isOther || found.name === 'Another one')
      return isSame ? [] : [`was answered with ${id}, which has other terms.`]
    }
    case 'update':
      return found?.name === intent.data?.['name'] ? [] : [`was told that ${id} is changed, and it is not.`]
    case 'delete':
      return found ? [`was told that ${id} is deleted, and it is not.`] : []
    default:
      return []
  }
}

/** The other attempts at the same thing under the same key. */
function sameAttempts({ intent, isOther }: Attempt, attempts: Attempt[]): Attempt[] {
  return attempts.filter((attempt) => attempt.intent === intent && attempt.isOther === isOther)
}

const isKeyed = ({ intent }: Attempt) => intent.key !== undefined

function checkReplay(attempt: Attempt, { attempts, isBlind }: Record): string[] {
  const { answer, begunAt } = attempt
  const others = sameAttempts(attempt, attempts).filter((other) => other !== attempt)
  if (!answer) return []
  const isShared = isKeyed(attempt) || attempt.intent.isGuarded
  const mayBeReplay = isShared && others.some((other) => other.begunAt <= answer.at)
  if (answer.isReplay && !mayBeReplay) return ['was told of an earlier request, and it was the first.']
  const earlier = others.find((other) => other.answer && other.answer.status < 300 && other.answer.at < begunAt)
  if (!isKeyed(attempt) || !earlier?.answer) return []
  const { id } = earlier.answer.body
  if (id !== answer.body['id'])
    return [`was answered with ${String(answer.body['id'])}, and before with ${String(id)}.`]
  return answer.isReplay || isBlind ? [] : ['was the second to be answered so, and not told.']
}

/** `outcome` speaks of the change, as far as anybody could know at the time of the answer. */
function checkOutcome(attempt: Attempt, attempts: Attempt[]): string[] {
  const { answer, calls, begunAt } = attempt
  if (!answer) return []
  const { outcome } = answer.body
  const isShared = isKeyed(attempt) || attempt.intent.isGuarded
  const others = isShared ? sameAttempts(attempt, attempts).filter((other) => other !== attempt) : []
  const made = others.flatMap((other) => other.calls).map(({ appliedAt = Infinity }) => appliedAt)
  if (outcome === 'not_applied') {
    if (calls.some(({ appliedAt }) => appliedAt !== undefined))
      return ['was told that nothing changed, and changed it.']
    if (isKeyed(attempt) && made.some((at) => at < begunAt)) {
      return ['was told that nothing changed, and an earlier attempt had changed it.']
    }
  }
  // What is refused before its words are read is told of whatever was made under its key.
  const underKey = attempts.filter((other) => other.intent === attempt.intent).flatMap((other) => other.calls)
  if (outcome === 'applied' && !underKey.some(({ appliedAt = Infinity }) => appliedAt <= answer.at))
    return ['was told of a change, and there was none.']
  return []
}

/** Once all is well, the same request under the same key comes to its end, and to what was made before. */
function* checkLast({ intents, attempts }: Record): Generator<string> {
  for (const intent of intents) {
    const own = attempts.filter((attempt) => attempt.intent === intent)
    const answer = own.at(-1)?.answer
    if ((intent.key === undefined && !intent.isGuarded) || intent.kind === 'foreign') continue
    if (!answer) {
      yield `convergence: the last attempt of ${intent.name} has no answer.`
      continue
    }
    const made = own
      .flatMap(({ calls, isOther }) => (isOther ? [] : calls))
      .find(({ appliedAt }) => appliedAt !== undefined)
    const code = String(answer.body['code'])
    const isExcused =
      code === 'stripe_failed' ||
      (code === 'idempotency_mismatch' && own.some(({ isOther }) => isOther)) ||
      (intent.isGuarded && code === 'already_exists')
    if (answer.status >= 300 && !isExcused) yield `convergence: ${intent.name} ends with ${answer.status} ${code}.`
    const id = String(answer.body['id'])
    if (answer.status < 300 && made && !intent.isGuarded && intent.kind !== 'bulk' && made.objectId !== id) {
      yield `convergence: ${intent.name} made ${made.objectId} and ends with ${id}.`
    }
  }
}
