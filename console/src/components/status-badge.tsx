import { Tooltip } from '@mantine/core'
import type { Coupon } from '../api/client.ts'
import { type CouponStatus, couponStatus, statusNames, statusReason } from '../lib/coupon-status.ts'
import styles from './status-badge.module.css'

export type Tone = 'positive' | 'warning' | 'negative' | 'neutral'

type Props = { tone: Tone; children: string; /** Shown on hover and focus. */ reason?: string | undefined }

export function StatusBadge({ tone, children, reason }: Props) {
  const badge = (
    <span className={styles.badge} data-tone={tone} tabIndex={reason === undefined ? undefined : 0}>
      {children}
    </span>
  )
  return reason === undefined ? badge : <Tooltip label={reason}>{badge}</Tooltip>
}

const tones: Record<CouponStatus, Tone> = {
  valid: 'positive',
  used_up: 'warning',
  expired: 'neutral',
  invalid: 'negative',
}

export function CouponStatusBadge({ coupon }: { coupon: Coupon }) {
  const status = couponStatus(coupon)
  return (
    <StatusBadge tone={tones[status]} reason={statusReason(coupon)}>
      {statusNames[status]}
    </StatusBadge>
  )
}
