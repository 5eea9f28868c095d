import { locale } from '../lib/locale.ts'
import styles from './usage-bar.module.css'

const number = new Intl.NumberFormat(locale)

/** How often something was redeemed, as a number, and against its cap as a bar. */
export function UsageBar({ used, cap, align }: { used: number; cap: number | null; align?: 'left' }) {
  if (cap === null) return <span className={styles.plain}>{number.format(used)}</span>
  const share = Math.min(1, cap === 0 ? 1 : used / cap)
  return (
    <span className={styles.usage} data-align={align}>
      <span className={styles.numbers}>
        {number.format(used)} <span className={styles.cap}>of {number.format(cap)}</span>
      </span>
      <span className={styles.bar} aria-hidden>
        <span className={styles.fill} data-full={share >= 0.9} style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  )
}
