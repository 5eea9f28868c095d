import { Button, Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { allBulkCodesQuery, isOver } from '../../api/bulk-jobs.ts'
import type { BulkCode, BulkJob, PromotionCode } from '../../api/client.ts'
import { promotionCodeQuery } from '../../api/promotion-codes.ts'
import { errorSentence, ErrorState } from '../../components/error-state.tsx'
import { Section } from '../../components/section.tsx'
import { draftOf } from '../promotion-codes/limits.ts'
import styles from './job-codes.module.css'
import { codesWords } from './job-words.ts'
import { emptyJob, StartJob } from './start-job.tsx'

const shownMax = 20

/** Which codes failed and why, and the way to try those again in a job of their own. */
export function JobFailures({ accountId, job }: { accountId: string; job: BulkJob }) {
  const [retrying, dialog] = useDisclosure(false)
  const ref = { jobId: job.id, couponId: job.coupon }
  const over = isOver(job)
  const { data, error } = useQuery({ ...allBulkCodesQuery(accountId, ref), enabled: over })
  // A job does not tell its limits and metadata, but each code that it made has them.
  const made = data?.find(({ promotion_code: id }) => id !== null)?.promotion_code ?? ''
  const example = useQuery({ ...promotionCodeQuery(accountId, made), enabled: made !== '' })
  if (!over) return null

  const failed = data?.filter(({ status }) => status === 'failed') ?? []
  const initial = {
    ...emptyJob,
    ...(example.data && { ...draftOf(example.data), metadata: ownMetadata(example.data) }),
    coupon: job.coupon,
    kind: 'own' as const,
    codes: failed.map(({ code }) => code).join('\n'),
  }
  const retry = (
    <Button
      variant="default"
      size="compact-sm"
      disabled={!data || (made !== '' && !example.data)}
      onClick={dialog.open}
    >
      Retry {job.failed === 1 ? 'it' : `these ${job.failed}`} in a new job
    </Button>
  )
  return (
    <Section title={`${codesWords(job.failed)} failed`} actions={retry}>
      {error ? (
        <p>{errorSentence(error)}</p>
      ) : data ? (
        <ul className={styles.reasons}>
          {byReason(failed).map(([reason, codes]) => (
            <li key={reason} className={styles.reason}>
              {codesWords(codes.length)}: {reason}
              <div className={styles.codes}>
                {codes.slice(0, shownMax).join(', ')}
                {codes.length > shownMax && ` and ${codes.length - shownMax} more`}
              </div>
            </li>
          ))}
        </ul>
      ) : (
        <Skeleton height={12} width={240} my={16} />
      )}
      {example.error && !example.data && (
        <ErrorState
          title="The limits of its codes could not be loaded"
          error={example.error}
          onRetry={() => void example.refetch()}
        />
      )}
      {data && made === '' && (
        <p className={styles.note}>
          None of its codes was made, so a new job has to be told their limits again, and gets no metadata.
        </p>
      )}
      {retrying && <StartJob accountId={accountId} initial={initial} onClose={dialog.close} />}
    </Section>
  )
}

/** A code's metadata without the id of its job, which a new job sets itself. */
function ownMetadata({ metadata }: PromotionCode): Record<string, string> {
  const { bulk_job: _, ...own } = metadata
  return own
}

/** The failed codes by the sentence that says why, the most frequent first. */
function byReason(failed: readonly BulkCode[]): [string, string[]][] {
  const reasons = new Map<string, string[]>()
  for (const { code, error } of failed) {
    const reason = error ?? 'No reason was given.'
    reasons.set(reason, [...(reasons.get(reason) ?? []), code])
  }
  return [...reasons].toSorted(([, a], [, b]) => b.length - a.length)
}
