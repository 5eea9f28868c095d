import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Turn } from '../jobs/worker.ts'
import { createProcessAccount } from './process-account.ts'
import type { AccountTask, BegunCode } from './rows.ts'
import type { BulkWork } from './work.ts'

const triedBefore = 6_000

test('a code whose backoff is over is tried in the account’s next turn, however many wait on other accounts', async () => {
  let now = 0
  const triedAgain: string[] = []
  const work = {
    finishEmpty: async () => {},
    begunBefore: async ({ accountId }: AccountTask) =>
      Array.from({ length: triedBefore }, (_, position) => ({ job: { id: accountId }, position, attempts: 5 })),
    begin: async () => [],
    beginAgain: async (_turn: Turn, code: BegunCode) => {
      triedAgain.push(code.job.id)
      return code
    },
    giveBack: async () => {},
  } as unknown as BulkWork
  const run = createProcessAccount({
    work,
    checkJob: async () => 'paused',
    makeCode: async () => expect.fail('a paused job makes no code'),
    log: pino({ level: 'silent' }),
    clock: { now: () => now, sleep: async () => {} },
    codesPerSecond: Infinity,
  })
  const turnOn = async (accountId: string) => {
    let looks = 0
    const isOver = () => ++looks > 2
    const turn: Turn = { signal: new AbortController().signal, isOver, write: () => expect.fail('nothing is written') }
    await run({ group: 'ag_1', accountId, lease: accountId }, turn)
  }

  await turnOn('acct_1')
  await turnOn('acct_2')
  expect(triedAgain).toEqual([])
  now = 60_000
  await turnOn('acct_1')
  await turnOn('acct_2')
  expect(new Set(triedAgain)).toEqual(new Set(['acct_1', 'acct_2']))
})
