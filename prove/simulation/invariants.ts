import type { Environment, Record } from './history.ts'
import { checkAnswers } from './check-answers.ts'
import { checkJobs } from './check-jobs.ts'
import { checkJournal } from './check-journal.ts'

/** Coupons and promotion codes as Stripe has them at the end. */
export type Made = {
  id: string
  object: string
  name: string | null
  percent_off?: number
  code?: string
  metadata: { tag?: string }
}
export type AtStripe = Map<string, Map<string, Made>>

/** What the history broke, in sentences. */
export async function check(environment: Environment, record: Record): Promise<string[]> {
  const atStripe: AtStripe = new Map()
  for (const account of record.tenants.flatMap(({ accounts }) => accounts)) {
    const lists = ['/v1/coupons?limit=100', '/v1/promotion_codes?limit=100']
    const found = await Promise.all(lists.map((path) => environment.wire.ask('GET', path, account)))
    const made = found.flatMap(({ data }) => data as Made[])
    atStripe.set(account, new Map(made.map((one) => [one.id, one])))
  }
  return [
    ...checkIntents(record),
    ...checkIsolation(record, atStripe),
    ...checkAnswers(record, atStripe),
    ...checkJournal(environment.observer, record),
    ...checkJobs(environment.observer, record),
  ]
}

const isMaking = (kind: string) => kind === 'coupon' || kind === 'promotion_code'

/** Each intent has at most one object: without a key each attempt is one, and the guard needs a clock that is not stepped. */
function* checkIntents({ intents, attempts, calls, clockSteps }: Record): Generator<string> {
  for (const intent of intents.filter(({ kind }) => isMaking(kind))) {
    const own = attempts.filter((attempt) => attempt.intent === intent)
    const isOne = intent.key !== undefined || (intent.isGuarded && clockSteps === 0)
    const groups = isOne ? [own] : own.map((attempt) => [attempt])
    for (const group of groups) {
      const made = new Set(group.flatMap((attempt) => attempt.calls).flatMap(({ objectId }) => objectId ?? []))
      if (made.size > 1) yield `exactly once: ${intent.name} made ${[...made].join(' and ')}.`
    }
  }
  for (const call of calls) {
    if (call.objectId !== undefined && !call.attempt && !call.params.has('metadata[bulk_job]')) {
      yield `exactly once: nobody asked for ${call.objectId}.`
    }
  }
}

/** Nothing of an agency on another's account, or in another's answers. */
function* checkIsolation({ intents, attempts, calls, tenants }: Record, atStripe: AtStripe): Generator<string> {
  for (const { attempt, account, path } of calls) {
    if (attempt && attempt.intent.account !== account) {
      yield `isolation: ${attempt.intent.name} asked for ${attempt.intent.account}, and ${path} went to ${account}.`
    }
  }
  for (const [account, made] of atStripe) {
    for (const { id, metadata } of made.values()) {
      const { tag } = metadata
      if (tag !== undefined && !intents.some((intent) => intent.tag === tag && intent.account === account)) {
        yield `isolation: ${id} of ${tag} is on ${account}.`
      }
    }
  }
  for (const { intent, answer } of attempts) {
    if (!answer) continue
    if (intent.kind === 'foreign' && answer.status < 400) yield `isolation: ${intent.name} reached another's account.`
    const others = new Set(tenants.filter((tenant) => tenant !== intent.tenant).flatMap(({ accounts }) => accounts))
    const foreign = calls.filter(({ account, objectId }) => others.has(account) && objectId !== undefined)
    const seen = foreign.find(({ objectId = '' }) => !isChosen(objectId) && answer.text.includes(`"${objectId}"`))
    if (seen) yield `isolation: the answer to ${intent.name} tells of ${seen.objectId} on ${seen.account}.`
  }
}

/** Ids that callers chose may be the same on two accounts. */
const isChosen = (id: string) => /^(OWN-|T)i?\w+$/.test(id)
