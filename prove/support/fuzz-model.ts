import type { Received, Sent } from './exchange.ts'

type Fields = Record<string, unknown>
type StripeObject = Fields & { id: string }
type Event = { type: string; request_id: string | null; outcome: string | null }

/** What a later state of an object is compared by: the terms, which only an answered change may set. */
const terms: Record<string, string[]> = {
  coupon: [
    'name',
    'percent_off',
    'amount_off',
    'currency',
    'duration',
    'duration_in_months',
    'max_redemptions',
    'redeem_by',
    'metadata',
  ],
  promotion_code: ['code', 'max_redemptions', 'expires_at', 'metadata'],
}

/** What an account must hold by what was answered, so that a refused request that changed something is found. */
export class Ledger {
  readonly #states = new Map<string, Set<string>>()
  readonly #deleted = new Map<string, number>()
  readonly #made = new Map<string, number>()
  readonly #answers = new Map<string, { method: string; path: string; status: number; body: Fields }>()

  add({ method, path }: Sent, { status, headers, text }: Received): void {
    const isJson = headers['content-type']?.startsWith('application/json') === true && method !== 'HEAD'
    const body: Fields = isJson && text !== '' ? JSON.parse(text) : {}
    this.#answers.set(headers['request-id'] ?? '', { method, path, status, body })
    if (status >= 300 || !isJson) return
    const { id, object } = body
    if (method === 'DELETE') count(this.#deleted, String(id))
    else if (method !== 'GET' && typeof object === 'string' && object in terms) {
      this.#states.set(String(id), (this.#states.get(String(id)) ?? new Set()).add(stateOf(object, body)))
      if (status === 201 && headers['idempotent-replayed'] !== 'true') count(this.#made, String(id))
    }
  }

  /** Compares with everything that is on the account, past the server. */
  violationsOf(objects: StripeObject[]): string[] {
    const found = new Set(objects.map(({ id }) => id))
    const unexplained = objects.filter(
      (object) => this.#states.get(object.id)?.has(stateOf(String(object['object']), object)) !== true,
    )
    const lost = [...this.#made.keys()].filter((id) => !found.has(id) && !this.#deleted.has(id))
    const undead = [...this.#deleted].filter(([id, times]) => times === this.#made.get(id) && found.has(id))
    return [
      ...unexplained.map((object) => {
        const known = [...(this.#states.get(object.id) ?? [])].join(' or ')
        return `No answer explains ${object.id}, now ${stateOf(String(object['object']), object)}, answered as ${known}`
      }),
      ...lost.map((id) => `${id} was answered with 201 and does not exist.`),
      ...undead.map(([id]) => `${id} was answered as deleted and exists.`),
    ]
  }

  /** Compares with the journal: a refusal leaves a refusal, or a change that says it was not applied; a change leaves both its events. */
  violationsIn(events: Event[]): string[] {
    const byRequest = Map.groupBy(events, (event) => event.request_id)
    return [...this.#answers].flatMap(([id, { method, path, status, body }]) => {
      const written = byRequest.get(id) ?? []
      const outcomes = written.map(({ outcome }) => outcome)
      const say = (what: string) => [`${method} ${path} (${status}) ${what}: ${JSON.stringify(written)}`]
      const isOpen =
        written.some(({ type }) => type.endsWith('.started')) && !written.some(({ type }) => type.endsWith('.ended'))
      if (isOpen) return say('has no end in the journal')
      if (status >= 400 && body['outcome'] !== 'applied' && outcomes.some((one) => one === 'applied'))
        return say('was refused and applied')
      if (method === 'GET' && written.some(({ type }) => type !== 'request.refused'))
        return say('read and left a change')
      const isChange = status < 300 && (method === 'DELETE' || status === 201)
      if (isChange && !outcomes.some((one) => one === 'applied' || one === 'replayed'))
        return say('is not in the journal')
      return []
    })
  }
}

/** A coupon without a name shows its id in the name's place. */
function stateOf(object: string, fields: Fields): string {
  const shown: Fields = { ...fields, name: fields['name'] ?? fields['id'] }
  return JSON.stringify((terms[object] ?? []).map((name) => shown[name] ?? null))
}

function count(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1)
}
