import { Button } from '@mantine/core'
import { TriangleAlert } from 'lucide-react'
import { errorSentence } from '../../components/error-state.tsx'
import { ApiError } from '../../api/client.ts'
import styles from './preview-panel.module.css'
import type { Form } from './form.ts'
import { SamplesTable } from './samples-table.tsx'
import type { usePreview } from './use-preview.ts'

type Props = { preview: ReturnType<typeof usePreview>; form: Form; edit: (patch: Partial<Form>) => void }

/** What the coupon would be and do, as the server says. Nothing is made. */
export function PreviewPanel({ preview, form, edit }: Props) {
  const { data, error, isPlaceholderData, isEnabled, refetch } = preview
  const shown = isEnabled && !error ? data : undefined
  const isRefused = error instanceof ApiError && error.code === 'invalid_request'
  return (
    <section aria-labelledby="preview" data-stale={isPlaceholderData} aria-busy={preview.isFetching}>
      <h2 id="preview" className={styles.title}>
        Preview
      </h2>
      <p className={shown ? styles.summary : styles.hint} aria-live="polite">
        {shown?.summary ??
          (error && isEnabled ? errorSentence(error) : 'Say how much it takes off, and the server says what it does.')}
      </p>
      {error && isEnabled && !isRefused && (
        <Button variant="default" mb="md" onClick={() => void refetch()}>
          Try again
        </Button>
      )}
      <SamplesTable form={form} effects={shown?.effects} edit={edit} />
      {shown && shown.warnings.length > 0 && (
        <ul className={styles.warnings} aria-label="Warnings">
          {shown.warnings.map(({ code, message }) => (
            <li key={code}>
              <TriangleAlert size={16} aria-hidden />
              <span>{message}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
