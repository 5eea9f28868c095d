import type { ReactNode } from 'react'
import styles from './list-toolbar.module.css'

type Props = {
  search: ReactNode
  filters: { name: string; isCurrent: boolean; link: (props: FilterProps) => ReactNode }[]
  children?: ReactNode
}
type FilterProps = { className: string | undefined; 'data-current': boolean; children: string }

/** What stands above a list: its search, its filters by status, and what else it is limited to. */
export function ListToolbar({ search, filters, children }: Props) {
  return (
    <div className={styles.toolbar} role="search">
      <div className={styles.search}>{search}</div>
      <ul className={styles.filters} aria-label="Status">
        {filters.map(({ name, isCurrent, link }) => (
          <li key={name}>{link({ className: styles.filter, 'data-current': isCurrent, children: name })}</li>
        ))}
      </ul>
      {children}
    </div>
  )
}

/** A limit of the list that has no field, with what ends it. */
export function Chip({ children }: { children: ReactNode }) {
  return <span className={styles.chip}>{children}</span>
}
