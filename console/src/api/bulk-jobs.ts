import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { paths } from '../../../client/schema.ts'
import { api, bodyOf, type BulkCode, type BulkJob } from './client.ts'
import { useMake } from './make.ts'

const startPath = '/stripe/connect/accounts/{accountId}/coupons/{couponId}/promotion-codes/bulk'
const jobPath = `${startPath}/{jobId}` as const
const codesPath = '/stripe/connect/accounts/{accountId}/promotion-codes'

export type NewBulkJob = paths[typeof startPath]['post']['requestBody']['content']['application/json']['data']
/** What it takes to ask for a job. */
export type JobRef = { jobId: string; couponId: string }

/** A job, asked for again and again, ever more seldom, until all of its codes are settled. */
export const bulkJobQuery = (accountId: string, { couponId, jobId }: JobRef) =>
  queryOptions({
    queryKey: ['bulk-jobs', accountId, jobId],
    queryFn: ({ signal }) => bodyOf(api.GET(jobPath, { params: { path: { accountId, couponId, jobId } }, signal })),
    refetchInterval: ({ state: { data, dataUpdateCount } }) =>
      data && isOver(data) ? false : Math.min(1_000 * 1.25 ** dataUpdateCount, 10_000),
  })

/** Whether nothing more becomes of a job. */
export function isOver({ finished_at }: BulkJob): boolean {
  return finished_at !== null
}

/** One page of a job's codes, in the order in which they were given; read anew when the job has settled more of them. */
export const bulkCodesQuery = (accountId: string, job: BulkJob, after: string | undefined) =>
  queryOptions({
    queryKey: ['bulk-jobs', accountId, job.id, 'codes', after, job.succeeded + job.failed + job.canceled],
    queryFn: ({ signal }) =>
      readCodes(accountId, { couponId: job.coupon, jobId: job.id }, { limit: 50, after }, signal),
  })

/** All codes of a job: a thousand at most. */
export const allBulkCodesQuery = (accountId: string, job: JobRef) =>
  queryOptions({
    queryKey: ['bulk-jobs', accountId, job.jobId, 'all-codes'],
    queryFn: async ({ signal }) => {
      const codes: BulkCode[] = []
      let after: string | undefined
      do {
        const page = await readCodes(accountId, job, { limit: 100, after }, signal)
        codes.push(...page.data)
        after = page.next_cursor ?? undefined
      } while (after !== undefined)
      return codes
    },
  })

type Range = { limit: number; after: string | undefined }

function readCodes(accountId: string, { couponId, jobId }: JobRef, { limit, after }: Range, signal: AbortSignal) {
  const query = { limit, ...(after && { starting_after: after }) }
  return bodyOf(api.GET(`${jobPath}/codes`, { params: { path: { accountId, couponId, jobId }, query }, signal }))
}

/** The jobs whose codes are among an account's newest, a hundred codes a page: the API has no list of jobs. */
export const jobsOfCodesQuery = (accountId: string) =>
  infiniteQueryOptions({
    queryKey: ['promotion-codes', accountId, 'jobs'],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 100, ...(pageParam && { starting_after: pageParam }) }
      return bodyOf(api.GET(codesPath, { params: { path: { accountId }, query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => {
      const codes = pages.flatMap(({ data }) => data)
      const jobs = codes.flatMap(({ metadata: { bulk_job: jobId }, coupon }): JobRef[] =>
        jobId !== undefined && coupon ? [{ jobId, couponId: coupon.id }] : [],
      )
      return { jobs, searched: codes.length }
    },
  })

export function useStartBulkJob(accountId: string) {
  type Job = { couponId: string; data: NewBulkJob }
  return useMake(`bulk-job.${accountId}`, ({ couponId, data }: Job, idempotencyKey) => {
    const params = { path: { accountId, couponId }, header: { 'idempotency-key': idempotencyKey } }
    return bodyOf(api.POST(startPath, { params, body: { data } }))
  })
}

/** To cancel a job twice is the same, so that no key has to be kept for a second try. */
export function useCancelBulkJob(accountId: string, { couponId, jobId }: JobRef) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () =>
      bodyOf(api.POST(`${jobPath}/cancel`, { params: { path: { accountId, couponId, jobId } }, body: undefined })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['bulk-jobs', accountId, jobId] }),
  })
}

/** Where a job's codes are as a file for a spreadsheet; the session's cookie goes with the link. */
export function csvAddress(accountId: string, { couponId, jobId }: JobRef): string {
  const [account, coupon, job] = [accountId, couponId, jobId].map(encodeURIComponent)
  return `/console/v1/public/stripe/connect/accounts/${account}/coupons/${coupon}/promotion-codes/bulk/${job}/codes.csv`
}
