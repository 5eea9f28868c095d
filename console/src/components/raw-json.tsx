import { CodeBlock } from './code-block.tsx'
import styles from './raw-json.module.css'

/** An object as the API gives it, folded away. */
export function RawJson({ value }: { value: object }) {
  return (
    <details className={styles.details}>
      <summary>Raw JSON</summary>
      <CodeBlock code={JSON.stringify(value, undefined, 2)} label="the JSON" />
    </details>
  )
}
