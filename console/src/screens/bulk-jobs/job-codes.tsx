import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { bulkCodesQuery, isOver } from '../../api/bulk-jobs.ts'
import type { BulkCode, BulkJob } from '../../api/client.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { Pager } from '../../components/pager.tsx'
import { Section } from '../../components/section.tsx'
import { StatusBadge, type Tone } from '../../components/status-badge.tsx'
import styles from './job-codes.module.css'

const tones: Partial<Record<string, readonly [Tone, string]>> = {
  pending: ['neutral', 'Waiting'],
  created: ['positive', 'Made'],
  canceled: ['neutral', 'Canceled'],
  failed: ['negative', 'Failed'],
}

type Props = { accountId: string; job: BulkJob; after: string | undefined }

/** The codes of a job and what became of each; one that is made leads to its promotion code. */
export function JobCodes({ accountId, job, after }: Props) {
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...bulkCodesQuery(accountId, job, after),
    placeholderData: keepPreviousData,
  })

  const columns: Column<BulkCode>[] = [
    {
      key: 'code',
      header: 'Code',
      cell: ({ code, promotion_code: id }) =>
        id === null ? (
          <code className={styles.code}>{code}</code>
        ) : (
          <Link
            to="/$account/promotion-codes"
            params={{ account: accountId }}
            search={{ coupon: job.coupon, open: id }}
            className={styles.code}
            data-row-link
          >
            {code}
          </Link>
        ),
    },
    { key: 'error', header: 'Why', hiddenOn: 'phone', cell: ({ error: why }) => why },
    {
      key: 'status',
      header: 'Status',
      align: 'right',
      cell: ({ status, error: why }) => {
        const [tone, name] = tones[status] ?? ['neutral', status]
        return (
          <StatusBadge tone={tone} reason={why ?? undefined}>
            {name}
          </StatusBadge>
        )
      },
    },
  ]
  return (
    <Section title="Codes">
      {error && !data ? (
        <ErrorState title="The codes could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <DataTable
            label="Codes"
            columns={columns}
            rows={data?.data}
            rowKey={({ code }) => code}
            dense
            stale={isPlaceholderData && isOver(job)}
          />
          <Pager after={after} next={data?.next_cursor} />
        </>
      )}
    </Section>
  )
}
