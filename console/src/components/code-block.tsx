import { CopyButton } from './copy-button.tsx'
import styles from './code-block.module.css'

/** Text for machines, with a button that copies it. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <div className={styles.block}>
      <pre className={styles.code} tabIndex={0} aria-label={label}>
        {code}
      </pre>
      <div className={styles.copy}>
        <CopyButton value={code} label={`Copy ${label}`} />
      </div>
    </div>
  )
}
