import type { Accounts, ConnectedAccount } from '../accounts/accounts.ts'
import type { Logger } from '../http/log.ts'
import { createThrottle } from '../jobs/throttle.ts'
import { sleep } from '../lib/sleep.ts'
import { codes as refusalCodes, Refusal } from '../lib/refusal.ts'
import type { MakeCode } from './make-code.ts'
import { createBackoff } from '../jobs/backoff.ts'
import type { BulkWork, Failure, Job, PendingCode, Settled } from './work.ts'

type Dependencies = { work: BulkWork; accounts: Accounts; makeCode: MakeCode; log: Logger; codesPerSecond: number }

/** What one batch has brought; `trouble` may pass, `end` is true of every code that is left. */
type Batch = { settled: Settled[]; spent: number[]; trouble: Refusal | undefined; end: Refusal | undefined }

const batchMax = 100
/** Enough for the pace at Stripe's usual half second a call, and few enough to be no burden when it is slow. */
const inFlightMax = 16

/** Works off the jobs of one account, one after the other, until there is none or the signal aborts. */
export async function workOffAccount(parts: Dependencies, accountId: string, signal: AbortSignal): Promise<void> {
  const { work, accounts, codesPerSecond } = parts
  const pace = createThrottle(codesPerSecond)
  const patience = createBackoff()
  while (!signal.aborted) {
    const job = await work.beginNext(accountId)
    if (!job) return
    const codes = await work.pendingCodes(job.id, Math.min(codesPerSecond, batchMax))
    if (codes.length === 0) {
      await work.finish(job.id)
      continue
    }
    // The account may have been taken from the agency since the last batch.
    const account = await accounts.requireAccount(job.agencyId, accountId).catch(refusalOf)
    if (account instanceof Refusal && refusalCodes[account.code].retryable) throw account
    const batch: Batch =
      account instanceof Refusal
        ? { settled: [], spent: [], trouble: undefined, end: account }
        : await makeBatch(parts, { account, job, codes, pace, signal })
    await work.settle(job.id, batch.settled, batch.spent)
    if (batch.end) await work.failRest(job.id, batch.end)
    if (batch.settled.length > 0) patience.progress()
    if (!batch.trouble || batch.end) continue
    const pauseMs = patience.trouble(Date.now())
    if (pauseMs !== undefined) {
      await sleep(pauseMs, signal)
      continue
    }
    await work.failRest(job.id, givenUp(batch.trouble))
    patience.progress()
  }
}

type Task = {
  account: ConnectedAccount
  job: Job
  codes: PendingCode[]
  pace: (signal: AbortSignal) => Promise<void>
  signal: AbortSignal
}

/** Tries each code once, at the pace; leaves the others alone once one shows that there is no sense in going on. */
async function makeBatch({ makeCode, log }: Dependencies, { account, job, codes, pace, signal }: Task): Promise<Batch> {
  const batch: Batch = { settled: [], spent: [], trouble: undefined, end: undefined }
  const queue = codes.values()
  const mayGoOn = () => !signal.aborted && !batch.end && batch.trouble?.code !== 'rate_limited'

  const settle = async (code: PendingCode) => {
    const { position } = code
    const made = await makeCode(account, job, code).catch(refusalOf)
    if (!(made instanceof Refusal)) batch.settled.push({ position, promotionCode: made })
    else if (refusalCodes[made.code].retryable || made.code === 'stripe_failed') {
      batch.trouble = made
      if (made.code === 'internal') log.error({ err: made.cause, job: job.id, position }, 'a bulk code was not made')
      if (isFailureOfStripe(made)) batch.spent.push(position)
    } else if (endsAll(made)) batch.end = aboutPath(made)
    else batch.settled.push({ position, failure: made })
  }
  const lane = async () => {
    for (const code of queue) {
      if (mayGoOn()) await pace(signal)
      if (!mayGoOn()) return
      await settle(code)
    }
  }
  await Promise.all(Array.from({ length: inFlightMax }, lane))
  return batch
}

function refusalOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal('internal', 'Something went wrong.', { cause: error })
}

/** Whether Stripe itself answered with a failure: it gives the same one for a day under the same key. */
function isFailureOfStripe({ code, stripeRequestId }: Refusal): boolean {
  return code === 'stripe_failed' || (code === 'stripe_unavailable' && stripeRequestId !== undefined)
}

/** Whether Stripe refused the account or the coupon, and so every code that is left. */
function endsAll({ code, param }: Refusal): boolean {
  return code === 'account_disconnected' || code === 'not_found' || param === 'data.coupon'
}

/** For Stripe the coupon is a parameter; here it is in the path. */
function aboutPath(refusal: Refusal): Refusal {
  return refusal.param === 'data.coupon' ? new Refusal('not_found', refusal.message, { cause: refusal }) : refusal
}

function givenUp({ code }: Refusal): Failure {
  const message = 'Given up after ten minutes without success; the code may have been made: look it up in the list.'
  return { code, message }
}
