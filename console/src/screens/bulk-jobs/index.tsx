import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery, useQueries } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Blocks, Plus } from 'lucide-react'
import { bulkJobQuery, jobsOfCodesQuery } from '../../api/bulk-jobs.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { Page } from '../../components/page.tsx'
import styles from './bulk-jobs.module.css'
import { JobsTable } from './jobs-table.tsx'
import { startedJobs, withoutRepeats } from './known-jobs.ts'
import { emptyJob, StartJob } from './start-job.tsx'

const route = getRouteApi('/frame/$account/bulk-jobs')

/** The API has no list of an agency's jobs, so this one shows those that were started here and those that left codes. */
export default function BulkJobsScreen() {
  const { account } = route.useParams()
  const { coupon = '' } = route.useSearch()
  const [starting, dialog] = useDisclosure(false)
  const found = useInfiniteQuery(jobsOfCodesQuery(account))
  const known = withoutRepeats([...startedJobs(account), ...(found.data?.jobs ?? [])])
  const jobs = useQueries({ queries: known.map((job) => bulkJobQuery(account, job)) })
  const rows = jobs.flatMap(({ data }) => data ?? []).toSorted((a, b) => b.created - a.created)
  const isLoading = found.isPending || jobs.some(({ isPending }) => isPending)

  const start = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={dialog.open}>
      Start bulk job
    </Button>
  )
  const isUnused = !isLoading && rows.length === 0 && !found.error && !found.hasNextPage

  return (
    <Page title="Bulk jobs" actions={isUnused ? undefined : start}>
      {isUnused ? (
        <EmptyState icon={Blocks} title="No bulk jobs yet" action={start}>
          A bulk job makes up to 1,000 promotion codes of one coupon, for a mailing or for partners.
        </EmptyState>
      ) : found.error && !found.data ? (
        <ErrorState title="The jobs could not be loaded" error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <>
          <JobsTable accountId={account} jobs={isLoading && rows.length === 0 ? undefined : rows} />
          <div className={styles.foot}>
            <span>
              Jobs started in this browser, and those of the newest {found.data?.searched ?? 0} promotion codes.
            </span>
            {found.hasNextPage && (
              <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
                Look through older codes
              </Button>
            )}
          </div>
        </>
      )}
      {starting && <StartJob accountId={account} initial={{ ...emptyJob, coupon }} onClose={dialog.close} />}
    </Page>
  )
}
