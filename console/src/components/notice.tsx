import type { ReactNode } from 'react'
import styles from './notice.module.css'

type Props = { title?: string; role?: 'alert'; children: ReactNode }

/** What somebody must know before going on. */
export function Notice({ title, role, children }: Props) {
  return (
    <div className={styles.notice} role={role}>
      {title !== undefined && <strong className={styles.title}>{title}</strong>}
      {children}
    </div>
  )
}
