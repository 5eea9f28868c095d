import { Link } from '@tanstack/react-router'
import type { Coupon } from '../../api/client.ts'
import { Section } from '../../components/section.tsx'
import { locale } from '../../lib/locale.ts'
import styles from './overview.module.css'

const number = new Intl.NumberFormat(locale)

/** The coupons that customers use, as bars against the first. */
export function MostRedeemed({ accountId, coupons }: { accountId: string; coupons: readonly Coupon[] }) {
  const most = coupons[0]?.times_redeemed ?? 1
  return (
    <Section title="Most redeemed">
      {coupons.length === 0 ? (
        <p className={styles.none}>No coupon was redeemed yet.</p>
      ) : (
        <ul className={styles.list}>
          {coupons.map(({ id, name, times_redeemed: times }) => (
            <li key={id} className={styles.row}>
              <span className={styles.bar} style={{ width: `${(times / most) * 100}%` }} aria-hidden />
              <Link
                to="/$account/coupons/$couponId"
                params={{ account: accountId, couponId: id }}
                className={styles.name}
              >
                {name}
              </Link>
              <span className={styles.aside}>{number.format(times)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
