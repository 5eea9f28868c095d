import { type JobRef } from '../../api/bulk-jobs.ts'
import { remember, remembered } from '../../lib/storage.ts'

const rememberedMax = 20

/** The jobs that were started in this browser, newest first. */
export function startedJobs(accountId: string): JobRef[] {
  const lines = remembered(`bulk-jobs.${accountId}`)?.split('\n') ?? []
  return lines.flatMap((line): JobRef[] => {
    const [jobId = '', couponId = ''] = line.split(' ')
    return jobId !== '' && couponId !== '' ? [{ jobId, couponId: decodeURIComponent(couponId) }] : []
  })
}

export function rememberJob(accountId: string, job: JobRef): void {
  const jobs = [job, ...startedJobs(accountId)].slice(0, rememberedMax)
  const lines = jobs.map(({ jobId, couponId }) => `${jobId} ${encodeURIComponent(couponId)}`)
  remember(`bulk-jobs.${accountId}`, lines.join('\n'))
}

/** Each job once. */
export function withoutRepeats(jobs: readonly JobRef[]): JobRef[] {
  return [...new Map(jobs.map((job) => [job.jobId, job])).values()]
}
