import type { Coupon } from '../../api/client.ts'
import { CopyableId } from '../../components/copyable-id.tsx'
import { Field, Fields } from '../../components/fields.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { CouponStatusBadge } from '../../components/status-badge.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import { statusReason } from '../../lib/coupon-status.ts'
import { discountWords, durationLabel } from '../../lib/discount.ts'
import { absoluteTime } from '../../lib/time.ts'
import styles from './coupon-fields.module.css'

/** Every field of a coupon, in words. */
export function CouponFields({ coupon }: { coupon: Coupon }) {
  const metadata = Object.entries(coupon.metadata)
  return (
    <div className={styles.columns}>
      <Fields>
        <Field name="Status">
          <span className={styles.status}>
            <CouponStatusBadge coupon={coupon} />
            <span>{statusReason(coupon)}</span>
          </span>
        </Field>
        <Field name="Redeemed">
          <span className={styles.usage}>
            <UsageBar used={coupon.times_redeemed} cap={coupon.max_redemptions} align="left" />
            {coupon.max_redemptions === null && <span className={styles.quiet}>times, without a limit</span>}
          </span>
        </Field>
        <Field name="Discount">{discountWords(coupon)}</Field>
        <Field name="Applies to">{durationLabel(coupon)}</Field>
        <Field name="Expires">
          {coupon.redeem_by === null ? (
            'Never'
          ) : (
            <>
              {absoluteTime(coupon.redeem_by)}
              <span className={styles.quiet}>
                {' · '}
                <RelativeTime at={coupon.redeem_by} />
              </span>
            </>
          )}
        </Field>
      </Fields>
      <Fields>
        <Field name="Id">
          <CopyableId id={coupon.id} what="coupon’s id" />
        </Field>
        <Field name="Created">
          {absoluteTime(coupon.created)}
          <span className={styles.quiet}>
            {' · '}
            <RelativeTime at={coupon.created} />
          </span>
        </Field>
        <Field name="Mode">{coupon.livemode ? 'Live' : 'Not live: no customer is charged'}</Field>
        <Field name="Metadata">
          {metadata.length === 0 ? (
            <span className={styles.quiet}>None</span>
          ) : (
            metadata.map(([key, value]) => (
              <div key={key}>
                <code>{key}</code>: {value}
              </div>
            ))
          )}
        </Field>
      </Fields>
    </div>
  )
}
