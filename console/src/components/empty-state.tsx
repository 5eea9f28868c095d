import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import styles from './state.module.css'

type Props = { icon?: LucideIcon; title: string; children?: ReactNode; action?: ReactNode }

/** In place of a list that has nothing: what would be here, and the way to it. */
export function EmptyState({ icon: Icon, title, children, action }: Props) {
  return (
    <div className={styles.state}>
      {Icon && (
        <div className={styles.icon}>
          <Icon size={20} aria-hidden />
        </div>
      )}
      <h2 className={styles.title}>{title}</h2>
      {children !== undefined && <p className={styles.text}>{children}</p>}
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  )
}
