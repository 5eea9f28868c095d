import type { Change } from './patches.ts'

export type PlantedBug = { name: string; changes: Change[] }

const bug = (name: string, file: string, from: string, to: string): PlantedBug => ({
  name,
  changes: [{ file: `src/${file}`, from, to }],
})

/** Bugs that the simulation must find: each breaks one promise, and is put into the source only while it is loaded. */
export const planted: PlantedBug[] = [
  bug(
    'the key for Stripe is derived without the account',
    'idempotency/derive.ts',
    '[account.agencyId, account.id, operation, callerKey]',
    '[account.agencyId, operation, callerKey]',
  ),
  bug(
    'calls in flight are shared across agencies and accounts',
    'journal/changes.ts',
    'JSON.stringify([stripeKey, origin.keyId, change.objectId, change.terms])',
    'JSON.stringify([origin.idempotencyKey, change.objectId, change.terms])',
  ),
  bug(
    'the key for Stripe is derived without the operation',
    'idempotency/derive.ts',
    '[account.agencyId, account.id, operation, callerKey]',
    '[account.agencyId, account.id, callerKey]',
  ),
  bug(
    'an account is not checked to be the agency’s own',
    'accounts/accounts.ts',
    "const own = database.selectFrom('accounts').where('mode', '=', mode).where('agency_id', '=', agencyId)",
    "const own = database.selectFrom('accounts').where('mode', '=', mode)",
  ),
  bug(
    'Stripe is asked before the start is on disk',
    'journal/changes.ts',
    'await journal\n      .append({',
    'void journal\n      .append({',
  ),
  {
    name: 'an attempt without an answer is taken for one that changed nothing',
    changes: [
      {
        file: 'src/stripe/errors.ts',
        from: "return { outcome: 'unknown', ...(method === 'DELETE' && { retryable: false }) }",
        to: "return { outcome: 'not_applied', ...(method === 'DELETE' && { retryable: false }) }",
      },
      { file: 'src/stripe/http-client.ts', from: 'if (call) call.hasAmbiguousAttempt = true', to: 'void call' },
    ],
  },
  bug(
    'a refusal after an attempt without an answer is believed',
    'stripe/request.ts',
    "const mayBeApplied = method !== 'GET' && call.hasAmbiguousAttempt",
    'const mayBeApplied = false',
  ),
  bug(
    'a reset connection is taken for a request that was never sent',
    'stripe/http-client.ts',
    "  'ECONNREFUSED',\n",
    "  'ECONNREFUSED',\n  'ECONNRESET',\n",
  ),
  bug(
    'after an attempt without an answer, a new key is used',
    'stripe/http-client.ts',
    'const request = { method, path, headers: wireHeaders(headers), body }',
    `const isSecond = attempts.getStore()?.hasAmbiguousAttempt
      const again = isSecond && headers['Idempotency-Key'] ? { 'Idempotency-Key': \`\${headers['Idempotency-Key']}2\` } : {}
      const request = { method, path, headers: wireHeaders({ ...headers, ...again }), body }`,
  ),
  bug(
    'the first answer is told as a replay where an attempt was repeated',
    'journal/changes.ts',
    'const replayed = answer.replayed && isEarlier',
    'const replayed = answer.replayed',
  ),
  bug(
    'an end that the database refuses is dropped',
    'journal/journal.ts',
    'for (let failures = 1; !(await isWritten());',
    'for (let failures = 1; false && !(await isWritten());',
  ),
  bug(
    'an attempt without an end counts as not made',
    'journal/attempts.ts',
    "attempts.every(({ outcome }) => outcome === 'not_applied')",
    "attempts.every(({ outcome }) => outcome === 'not_applied' || outcome === null)",
  ),
  bug(
    'settling does not wait until the calls have ended',
    'journal/settle.ts',
    'const until = (options.now ?? Date.now()) - callMsMax',
    'const until = options.now ?? Date.now()',
  ),
  bug(
    'settling takes an object that another change made',
    'journal/evidence.ts',
    'isDone(other) && !isSameChange(other, event)',
    'isDone(other) && false',
  ),
  bug(
    'settling does not look for others that asked for the same',
    'journal/made-by-terms.ts',
    'exact.length === rivals.length + 1',
    'exact.length > 0',
  ),
  {
    name: 'the epoch of a lease is not checked',
    changes: [
      {
        file: 'src/jobs/leases.ts',
        from: 'if (result.numUpdatedRows !== 1n) throw new LeaseLost(`The lease ${name} was lost.`)',
        to: 'void result',
      },
    ],
  },
  bug(
    'what a worker writes does not renew its lease',
    'jobs/leases.ts',
    '        await renew(transaction, lease)\n',
    '',
  ),
  {
    name: 'a code that an earlier try may have made is not looked up',
    changes: [
      {
        file: 'src/bulk-codes/make-code.ts',
        from: 'const made = await findMade(account, code)',
        to: 'const made = undefined',
      },
      { file: 'src/bulk-codes/make-code.ts', from: 'if (own !== undefined) return own', to: 'void own' },
    ],
  },
  bug(
    'equal bulk requests become two jobs',
    'bulk-codes/accept.ts',
    'idempotency_key: keyOf(account, origin.idempotencyKey),',
    'idempotency_key: `${keyOf(account, origin.idempotencyKey)} ${id}`,',
  ),
  bug(
    'a job counts its codes twice',
    'bulk-codes/work.ts',
    'await countSettled(transaction, jobId, length)',
    'await countSettled(transaction, jobId, 2 * length)',
  ),
]
