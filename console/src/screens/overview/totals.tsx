import { Link } from '@tanstack/react-router'
import { type CouponStatus, couponStatuses, statusNames } from '../../lib/coupon-status.ts'
import { locale } from '../../lib/locale.ts'
import type { Summary } from './summary.ts'
import styles from './totals.module.css'

const number = new Intl.NumberFormat(locale)

/** The numbers at a glance, and below them how the coupons divide by status. */
export function Totals({ accountId, summary }: { accountId: string; summary: Summary }) {
  const { byStatus, redemptions, expiringCount, nearlyUsedUpCount } = summary
  return (
    <>
      <dl className={styles.totals}>
        <Total name="Valid coupons" value={byStatus.valid} />
        <Total name="Redemptions" value={redemptions} />
        <Total name="Expire this week" value={expiringCount} />
        <Total name="Nearly used up" value={nearlyUsedUpCount} />
      </dl>
      <div className={styles.bar} aria-hidden>
        {couponStatuses.map((status) => (
          <span key={status} data-status={status} style={{ flexGrow: byStatus[status] }} />
        ))}
      </div>
      <ul className={styles.legend} aria-label="Coupons by status">
        {couponStatuses
          .filter((status) => byStatus[status] > 0)
          .map((status) => (
            <li key={status}>
              <LegendLink accountId={accountId} status={status} count={byStatus[status]} />
            </li>
          ))}
      </ul>
    </>
  )
}

function Total({ name, value }: { name: string; value: number }) {
  return (
    <div className={styles.total}>
      <dt>{name}</dt>
      <dd>{number.format(value)}</dd>
    </div>
  )
}

function LegendLink({ accountId, status, count }: { accountId: string; status: CouponStatus; count: number }) {
  return (
    <Link to="/$account/coupons" params={{ account: accountId }} search={{ status }} className={styles.entry}>
      <span className={styles.dot} data-status={status} aria-hidden />
      {statusNames[status]} {number.format(count)}
    </Link>
  )
}
