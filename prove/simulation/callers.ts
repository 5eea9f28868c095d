import { isRecord } from '../../src/lib/is-record.ts'
import type { Intent } from './intents.ts'
import type { ServerProcess } from './process.ts'
import type { WireCall } from './wire.ts'
import type { World } from './world.ts'

/** One request that reached a server process. */
export type Attempt = {
  intent: Intent
  number: number
  /** Asks for something else under the same key, as a caller does by mistake. */
  isOther: boolean
  begunAt: number
  calls: WireCall[]
  answer: Answer | undefined
}

export type Answer = { at: number; status: number; body: Record<string, unknown>; text: string; isReplay: boolean }

type Callers = { world: World; attempts: Attempt[]; upProcesses: () => ServerProcess[] }

const givesUpAfterMs = 30_000

/** Sends one request to some process; undefined where no answer comes back. The attempt keeps what the server answered. */
export async function send(
  { world, attempts, upProcesses }: Callers,
  intent: Intent,
  isOther = false,
): Promise<Answer | undefined> {
  const random = world.random()
  await world.sleep(random.integer(1, 50))
  const server = random.pick(upProcesses())
  if (server === undefined) return undefined
  const number = attempts.filter((attempt) => attempt.intent === intent).length + 1
  const attempt: Attempt = { intent, number, isOther, begunAt: world.now(), calls: [], answer: undefined }
  attempts.push(attempt)
  const { method, path, tenant, key, isGuarded, data } = intent
  const body = isOther ? { ...data, name: 'Another one' } : data
  world.note(`${intent.name}.${number} ${method} ${path} to ${server.actor.name}${isOther ? ', other words' : ''}`)
  const headers = {
    authorization: tenant.key,
    host: 'localhost',
    ...(body && { 'content-type': 'application/json' }),
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(isGuarded && { 'idempotency-guard': '3600' }),
  }
  const payload = body && JSON.stringify({ data: body })
  const asked = server
    .request({ method, url: path, headers, ...(payload && { payload }) }, attempt)
    .then((response) => {
      if (response === 'lost') return undefined
      const { statusCode: status, body: text } = response
      const parsed: unknown = JSON.parse(text)
      const isReplay = response.headers['idempotent-replayed'] === 'true'
      attempt.answer = { at: world.now(), status, body: isRecord(parsed) ? parsed : {}, text, isReplay }
      const { id = '', code = '', outcome = '' } = attempt.answer.body as Partial<Record<string, string>>
      world.note(`${intent.name}.${number} is answered ${status} ${id}${code} ${outcome} ${isReplay ? 'replayed' : ''}`)
      return attempt.answer
    })
  const answer = await Promise.race([asked, world.sleep(givesUpAfterMs).then(() => undefined)])
  await world.sleep(random.integer(1, 50))
  return answer
}

/** Sends an intent as a caller does: again, while it does not know, or where it may; sometimes twice at once, or in other words. */
export async function call(callers: Callers, intent: Intent): Promise<void> {
  const random = callers.world.random()
  await callers.world.sleep(random.integer(0, 15_000))
  const triesMax = random.integer(1, 5)
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const isOther = intent.key !== undefined && intent.kind === 'coupon' && random.chance(0.05)
    const twice = random.chance(0.12) && intent.kind !== 'delete' ? [send(callers, intent)] : []
    const [answer] = await Promise.all([send(callers, intent, isOther), ...twice])
    const isDone = answer && answer.status < 300 && !isOther
    const isFinal = answer && answer.status >= 400 && answer.body['retryable'] === false
    if ((isDone && !random.chance(0.2)) || (isFinal && !random.chance(0.1))) return
    await callers.world.sleep(random.integer(200, 8_000))
  }
}
