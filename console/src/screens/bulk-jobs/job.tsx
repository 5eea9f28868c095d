import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Blocks, Download } from 'lucide-react'
import { bulkJobQuery, csvAddress } from '../../api/bulk-jobs.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { LinkButton, TextLink } from '../../components/link-button.tsx'
import { Page } from '../../components/page.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { RawJson } from '../../components/raw-json.tsx'
import { CancelJob } from './cancel-job.tsx'
import { JobCodes } from './job-codes.tsx'
import { JobFailures } from './job-failures.tsx'
import { JobProgress } from './job-progress.tsx'
import { codesWords } from './job-words.ts'

const route = getRouteApi('/frame/$account/bulk-jobs/$jobId')

export default function BulkJobScreen() {
  const { account, jobId } = route.useParams()
  const { coupon, after } = route.useSearch()
  return coupon === undefined ? (
    <Incomplete account={account} />
  ) : (
    <Job account={account} jobId={jobId} couponId={coupon} after={after} />
  )
}

type Props = { account: string; jobId: string; couponId: string; after: string | undefined }

function Job({ account, jobId, couponId, after }: Props) {
  const ref = { jobId, couponId }
  const { data: job, error, refetch } = useQuery(bulkJobQuery(account, ref))
  if (error && !job) {
    return (
      <Page title="Bulk job">
        <ErrorState title="The job could not be loaded" error={error} onRetry={() => void refetch()} />
      </Page>
    )
  }
  if (!job) return <PageSkeleton />
  return (
    <Page
      title={`${codesWords(job.total)} of ${couponId}`}
      context="Bulk jobs"
      lead={
        <>
          <TextLink to="/$account/bulk-jobs" params={{ account }}>
            Bulk jobs
          </TextLink>
          {' · '}
          <TextLink to="/$account/coupons/$couponId" params={{ account, couponId }}>
            Coupon {couponId}
          </TextLink>
        </>
      }
      actions={
        <>
          <Button
            component="a"
            variant="default"
            leftSection={<Download size={16} aria-hidden />}
            href={csvAddress(account, ref)}
            download={`${jobId}.csv`}
          >
            Download CSV
          </Button>
          <CancelJob accountId={account} job={job} />
        </>
      }
    >
      <JobProgress job={job} />
      {job.failed > 0 && <JobFailures key={job.id} accountId={account} job={job} />}
      <JobCodes accountId={account} job={job} after={after} />
      <RawJson value={job} />
    </Page>
  )
}

/** The API finds a job by its coupon and its id together. */
function Incomplete({ account }: { account: string }) {
  return (
    <Page title="Bulk job">
      <EmptyState
        icon={Blocks}
        title="This link is incomplete"
        action={
          <LinkButton to="/$account/bulk-jobs" params={{ account }} variant="default">
            Go to the bulk jobs
          </LinkButton>
        }
      >
        A link to a bulk job names its coupon as well, as in ?coupon=SUMMER20.
      </EmptyState>
    </Page>
  )
}
