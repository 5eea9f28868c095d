import { CopyButton } from './copy-button.tsx'
import styles from './copyable-id.module.css'

/** An id as it is sent, with a button that copies it. `what` completes “Copy the …”. */
export function CopyableId({ id, what }: { id: string; what: string }) {
  return (
    <span className={styles.id}>
      <code>{id}</code>
      <CopyButton value={id} label={`Copy the ${what}`} />
    </span>
  )
}
