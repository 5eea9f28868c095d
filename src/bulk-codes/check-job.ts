import type { Accounts, ConnectedAccount } from '../accounts/accounts.ts'
import type { ApiKeys } from '../agencies/api-keys.ts'
import type { Clock } from '../lib/clock.ts'
import { codes as refusalCodes, Refusal, refuseUnavailable } from '../lib/refusal.ts'
import { type Failure, Stopped } from './outcome.ts'
import type { Job } from './rows.ts'

export type JobState = { account: ConnectedAccount }
/** The state of a job that may go on, the reason why the rest of it fails, or that it waits for the end of a freeze. */
export type JobCheck = JobState | { failure: Failure } | 'paused'

type Dependencies = { keys: Pick<ApiKeys, 'findWorking'>; accounts: Accounts; clock: Clock }

/** How long a check is reused: a revocation or a disconnection must take effect within one second. */
const checkedForMs = 900
const rememberedMax = 1_000

/** Returns the check whether the job's API key still works and may still do it, and its account is still the agency's. */
export function createCheckJob({ keys, accounts, clock }: Dependencies): (job: Job) => Promise<JobCheck> {
  const remembered = new Map<string, { check: Promise<JobCheck>; until: number }>()

  const check = async (job: Job): Promise<JobCheck> => {
    const key = await keys.findWorking(job.keyId)
    if (!key) {
      const message = 'The API key of this job was revoked or has expired, or its agency is archived.'
      return { failure: { code: 'unauthenticated', message } }
    }
    if (!key.bounds.scopes.includes('promotion_codes:write')) {
      const message = 'The API key of this job lacks the scope promotion_codes:write.'
      return { failure: { code: 'not_allowed', message } }
    }
    if (key.frozenBy !== null) return 'paused'
    try {
      const account = await accounts.requireAccount(job.agencyId, job.accountId, key.bounds.accounts)
      return { account: { ...account, recheck: () => recheck(job) } }
    } catch (error) {
      if (!(error instanceof Refusal) || refusalCodes[error.code].retryable) throw error
      return { failure: { code: error.code, message: error.message } }
    }
  }

  const checkJob = async (job: Job): Promise<JobCheck> => {
    const known = remembered.get(job.id)
    if (known && clock.now() < known.until) return await known.check
    if (remembered.size >= rememberedMax) remembered.clear()
    const checking = check(job)
    remembered.set(job.id, { check: checking, until: clock.now() + checkedForMs })
    const forget = () => remembered.delete(job.id)
    // A job is not found while it is frozen, so that one which is checked again may have been unfrozen.
    checking.then((found) => found === 'paused' && forget(), forget)
    return await checking
  }

  /** @throws Stopped where the job may not go on: before its code is sent after all, it ends or waits for what is found */
  const recheck = async (job: Job): Promise<void> => {
    const found = await checkJob(job).catch(refuseUnavailable)
    if (found === 'paused' || 'failure' in found) throw new Stopped()
  }
  return checkJob
}
