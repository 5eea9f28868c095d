import { LinkButton } from './link-button.tsx'
import styles from './pager.module.css'

type Props = {
  /** The cursor that this page began with. */
  after: string | undefined
  /** The cursor of the next page; null where there is none. */
  next: string | null | undefined
  /** What stands at the left: how much is shown. */
  children?: string | undefined
}

/** Leads through a list by cursors, which the URL keeps, so that the way back is the browser's. */
export function Pager({ after, next, children }: Props) {
  if (after === undefined && !next && children === undefined) return null
  return (
    <nav className={styles.pager} aria-label="Pages">
      <span className={styles.words}>{children}</span>
      {after !== undefined && (
        <LinkButton
          variant="default"
          to="."
          search={(search: Record<string, unknown>) => ({ ...search, after: undefined })}
        >
          First page
        </LinkButton>
      )}
      {next && (
        <LinkButton variant="default" to="." search={(search: Record<string, unknown>) => ({ ...search, after: next })}>
          Next page
        </LinkButton>
      )}
    </nav>
  )
}
