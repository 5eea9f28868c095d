import { Progress } from '@mantine/core'
import { isOver } from '../../api/bulk-jobs.ts'
import type { BulkJob } from '../../api/client.ts'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import styles from './job-progress.module.css'
import { jobStatus, progressWords } from './job-words.ts'

/** How far a job is, as a bar and in words. */
export function JobProgress({ job }: { job: BulkJob }) {
  const { tone, name } = jobStatus(job)
  const share = (count: number) => (100 * count) / job.total
  return (
    <>
      <div className={styles.words}>
        <StatusBadge tone={tone}>{name}</StatusBadge>
        <span role="status">{progressWords(job)}</span>
        <span className={styles.times}>
          Started <RelativeTime at={job.created} />
          {job.finished_at !== null && (
            <>
              , ended <RelativeTime at={job.finished_at} />
            </>
          )}
        </span>
      </div>
      <Progress.Root size={8} mt="sm" aria-hidden>
        <Progress.Section value={share(job.succeeded)} color="var(--positive)" />
        <Progress.Section value={share(job.failed)} color="var(--negative)" />
        <Progress.Section value={share(job.canceled)} color="var(--mantine-color-dimmed)" />
      </Progress.Root>
      {!isOver(job) && (
        <p className={styles.note}>
          The server makes the codes, whether this page is open or not. An account’s jobs run one after the other.
        </p>
      )}
    </>
  )
}
