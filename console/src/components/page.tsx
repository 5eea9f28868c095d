import { type ReactNode, useEffect } from 'react'
import styles from './page.module.css'

type Props = {
  /** Says where one is: the heading, and with `context` the title of the window. */
  title: string
  context?: string | undefined
  /** What stands in place of the plain heading. */
  heading?: ReactNode
  lead?: ReactNode
  /** Buttons at the right of the heading. */
  actions?: ReactNode
  children: ReactNode
}

/** A screen inside the frame. */
export function Page({ title, context, heading, lead, actions, children }: Props) {
  useTitle(context === undefined ? title : `${title} · ${context}`)
  return (
    <>
      <div className={styles.head}>
        <div className={styles.words}>
          {heading ?? <h1 className={styles.title}>{title}</h1>}
          {lead !== undefined && <div className={styles.lead}>{lead}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </>
  )
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ChatDash`
  }, [title])
}
