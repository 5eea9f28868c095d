import { Link } from '@tanstack/react-router'
import type { BulkJob } from '../../api/client.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import styles from './bulk-jobs.module.css'
import { codesWords, jobStatus, progressWords } from './job-words.ts'

export function JobsTable({ accountId, jobs }: { accountId: string; jobs: readonly BulkJob[] | undefined }) {
  const columns: Column<BulkJob>[] = [
    {
      key: 'job',
      header: 'Job',
      cell: (job) => (
        <>
          <Link
            to="/$account/bulk-jobs/$jobId"
            params={{ account: accountId, jobId: job.id }}
            search={{ coupon: job.coupon }}
            className={styles.name}
            data-row-link
          >
            {codesWords(job.total)} of {job.coupon}
          </Link>
          <span className={styles.brief}>{progressWords(job)}</span>
        </>
      ),
    },
    { key: 'progress', header: 'Progress', hiddenOn: 'phone', cell: progressWords },
    { key: 'started', header: 'Started', hiddenOn: 'phone', cell: ({ created }) => <RelativeTime at={created} /> },
    {
      key: 'status',
      header: 'Status',
      align: 'right',
      cell: (job) => {
        const { tone, name } = jobStatus(job)
        return <StatusBadge tone={tone}>{name}</StatusBadge>
      },
    },
  ]
  return <DataTable label="Bulk jobs" columns={columns} rows={jobs} rowKey={({ id }) => id} skeletonRows={3} />
}
