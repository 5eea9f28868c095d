import type { WireRequest, WireResponse } from '../../src/lib/wire.ts'

/** A write as the journal can be held against it: by its derived key, or what a DELETE was to delete. */
export type Write = { account: string; stripeKey: string | undefined; path: string }

/** What reached Stripe, and what Stripe did, written down from the sandbox's side of the wire. */
export function createDeeds() {
  const writes: Write[] = []
  /** The objects that were made or changed by intent, and by derived key. */
  const byIntent = new Map<string, Set<string>>()
  const byKey = new Map<string, string>()
  const add = (name: string, id: string) => void byIntent.set(name, (byIntent.get(name) ?? new Set()).add(id))

  return {
    writes,
    byKey,

    /** The ids of what was made, changed or deleted for this intent: more than one is one too many. */
    of: (intent: string): ReadonlySet<string> => byIntent.get(intent) ?? new Set(),
    intents: (): Iterable<[string, ReadonlySet<string>]> => byIntent,

    received(request: WireRequest): void {
      if (request.method !== 'GET') writes.push(writeOf(request))
    },

    applied(request: WireRequest, { status, body }: WireResponse): void {
      if (request.method === 'GET' || status !== 200) return
      const { account, stripeKey, path } = writeOf(request)
      const { id }: { id: string } = JSON.parse(body)
      if (stripeKey !== undefined) byKey.set(`${account} ${stripeKey}`, id)
      const form = new URLSearchParams(request.body)
      const intent = request.method === 'DELETE' ? `delete ${path}` : (form.get('name') ?? form.get('code'))
      add(`${account} ${intent}`, id)
    },
  }
}

function writeOf({ method, path, headers }: WireRequest): Write {
  return {
    account: headers['stripe-account'] ?? '',
    // The SDK sends one of its own with a DELETE, of which Stripe takes no notice.
    stripeKey: method === 'DELETE' ? undefined : headers['idempotency-key'],
    path: decodeURIComponent(path),
  }
}
