import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Coupon } from '../../api/client.ts'
import { Section } from '../../components/section.tsx'
import { discountWords } from '../../lib/discount.ts'
import styles from './overview.module.css'

type Props = {
  title: string
  /** What stands in place of an empty list. */
  none: string
  accountId: string
  coupons: readonly Coupon[]
  /** Why a coupon is in this list, at its right. */
  aside: (coupon: Coupon) => ReactNode
}

export function CouponList({ title, none, accountId, coupons, aside }: Props) {
  return (
    <Section title={title}>
      {coupons.length === 0 ? (
        <p className={styles.none}>{none}</p>
      ) : (
        <ul className={styles.list}>
          {coupons.map((coupon) => (
            <li key={coupon.id} className={styles.row}>
              <Link
                to="/$account/coupons/$couponId"
                params={{ account: accountId, couponId: coupon.id }}
                className={styles.name}
              >
                {coupon.name}
              </Link>
              <span className={styles.discount}>{discountWords(coupon)}</span>
              <span className={styles.aside}>{aside(coupon)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
