import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { Coupon } from '../../api/client.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { CouponStatusBadge } from '../../components/status-badge.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import { discountWords, durationLabel } from '../../lib/discount.ts'
import styles from './coupons-table.module.css'
import type { Sort } from './sort.ts'

type Props = {
  accountId: string
  coupons: readonly Coupon[] | undefined
  sort: Sort | undefined
  stale: boolean
}

export function CouponsTable({ accountId, coupons, sort, stale }: Props) {
  const columns: Column<Coupon>[] = [
    {
      key: 'name',
      ...sortable('Coupon', 'name', sort),
      cell: (coupon) => (
        <div className={styles.coupon}>
          <Link
            to="/$account/coupons/$couponId"
            params={{ account: accountId, couponId: coupon.id }}
            className={styles.name}
            data-row-link
          >
            {coupon.name}
          </Link>
          <span className={styles.id}>
            <code>{coupon.id}</code>
            <CopyButton value={coupon.id} label={`Copy the id ${coupon.id}`} />
          </span>
          <span className={styles.brief}>{discountWords(coupon)}</span>
        </div>
      ),
    },
    { key: 'discount', header: 'Discount', hiddenOn: 'phone', cell: discountWords },
    {
      key: 'duration',
      header: 'Applies to',
      hiddenOn: 'tablet',
      cell: (coupon) => <span className={styles.quiet}>{durationLabel(coupon)}</span>,
    },
    {
      key: 'redeemed',
      ...sortable('Redeemed', 'redeemed', sort),
      align: 'right',
      hiddenOn: 'phone',
      cell: (coupon) => <UsageBar used={coupon.times_redeemed} cap={coupon.max_redemptions} />,
    },
    {
      key: 'expires',
      ...sortable('Expires', 'expires', sort),
      hiddenOn: 'phone',
      cell: ({ redeem_by: end }) =>
        end === null ? <span className={styles.quiet}>Never</span> : <RelativeTime at={end} />,
    },
    { key: 'status', header: 'Status', align: 'right', cell: (coupon) => <CouponStatusBadge coupon={coupon} /> },
  ]
  return <DataTable label="Coupons" columns={columns} rows={coupons} rowKey={({ id }) => id} stale={stale} />
}

/** A heading that sorts: up, then down, then not. */
function sortable(label: string, field: 'name' | 'redeemed' | 'expires', sort: Sort | undefined) {
  const next = sort === field ? `-${field}` : sort === `-${field}` ? undefined : field
  const Icon = sort === field ? ArrowUp : ArrowDown
  return {
    sort: sort === field ? ('ascending' as const) : sort === `-${field}` ? ('descending' as const) : undefined,
    header: (
      <Link
        from="/$account/coupons"
        to="."
        search={(search) => ({ ...search, sort: next })}
        className={styles.sort}
        data-sorted={sort?.endsWith(field)}
        replace
      >
        {label}
        <Icon size={12} aria-hidden />
      </Link>
    ),
  }
}
