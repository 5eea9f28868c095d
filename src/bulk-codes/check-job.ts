import type { Accounts, ConnectedAccount } from '../accounts/accounts.ts'
import type { ApiKeys } from '../agencies/api-keys.ts'
import type { Clock } from '../lib/clock.ts'
import { codes as refusalCodes, Refusal } from '../lib/refusal.ts'
import type { Failure } from './outcome.ts'
import type { Job } from './rows.ts'
import type { BulkWork } from './work.ts'

export type JobState = { account: ConnectedAccount; isCanceled: boolean }
/** The state of a job that may go on, or the reason why the rest of it fails. */
export type JobCheck = JobState | { failure: Failure }

type Dependencies = { keys: Pick<ApiKeys, 'isActive'>; accounts: Accounts; work: BulkWork; clock: Clock }

/** How long a check is reused: a revocation, a disconnection or a cancellation must take effect within one second. */
const checkedForMs = 900
const rememberedMax = 1_000

/** Returns the check whether the job's API key still works, its account is still the agency's, and nobody canceled it. */
export function createCheckJob({ keys, accounts, work, clock }: Dependencies): (job: Job) => Promise<JobCheck> {
  const remembered = new Map<string, { check: Promise<JobCheck>; until: number }>()

  const check = async (job: Job): Promise<JobCheck> => {
    if (!(await keys.isActive(job.keyId))) {
      return { failure: { code: 'unauthenticated', message: 'The API key of this job was revoked.' } }
    }
    try {
      const account = await accounts.requireAccount(job.agencyId, job.accountId)
      return { account, isCanceled: await work.isCanceled(job.id) }
    } catch (error) {
      if (!(error instanceof Refusal) || refusalCodes[error.code].retryable) throw error
      return { failure: { code: error.code, message: error.message } }
    }
  }

  return async (job) => {
    const known = remembered.get(job.id)
    if (known && clock.now() < known.until) return await known.check
    if (remembered.size >= rememberedMax) remembered.clear()
    const checking = check(job)
    remembered.set(job.id, { check: checking, until: clock.now() + checkedForMs })
    checking.catch(() => remembered.delete(job.id))
    return await checking
  }
}
