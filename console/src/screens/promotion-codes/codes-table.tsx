import { Link } from '@tanstack/react-router'
import type { PromotionCode } from '../../api/client.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import { discountWords } from '../../lib/discount.ts'
import { codeStatus, limitWords } from './code-status.ts'
import styles from './codes-table.module.css'

type Props = { codes: readonly PromotionCode[] | undefined; stale: boolean }

/** Promotion codes; a row opens its code. */
export function CodesTable({ codes, stale }: Props) {
  return <DataTable label="Promotion codes" columns={columns} rows={codes} rowKey={({ id }) => id} stale={stale} />
}

const columns: Column<PromotionCode>[] = [
  {
    key: 'code',
    header: 'Code',
    cell: ({ id, code }) => (
      <span className={styles.code}>
        <Link
          from="/$account/promotion-codes"
          to="."
          search={(search) => ({ ...search, open: id })}
          className={styles.name}
          data-row-link
        >
          {code}
        </Link>
        <CopyButton value={code} label={`Copy the code ${code}`} />
      </span>
    ),
  },
  {
    key: 'coupon',
    header: 'Coupon',
    hiddenOn: 'phone',
    cell: ({ coupon }) =>
      coupon && (
        <span className={styles.coupon}>
          <span className={styles.couponName}>{coupon.name}</span>
          <span className={styles.discount}>{discountWords(coupon)}</span>
        </span>
      ),
  },
  {
    key: 'limits',
    header: 'Limits',
    hiddenOn: 'tablet',
    cell: (code) => limitWords(code).join(', ') || <span className={styles.quiet}>None</span>,
  },
  {
    key: 'redeemed',
    header: 'Redeemed',
    align: 'right',
    hiddenOn: 'phone',
    cell: (code) => <UsageBar used={code.times_redeemed} cap={code.max_redemptions} />,
  },
  {
    key: 'expires',
    header: 'Expires',
    hiddenOn: 'phone',
    cell: ({ expires_at: end }) =>
      end === null ? <span className={styles.quiet}>Never</span> : <RelativeTime at={end} />,
  },
  {
    key: 'status',
    header: 'Status',
    align: 'right',
    cell: (code) => {
      const { tone, name, reason } = codeStatus(code)
      return (
        <StatusBadge tone={tone} reason={reason}>
          {name}
        </StatusBadge>
      )
    },
  },
]
