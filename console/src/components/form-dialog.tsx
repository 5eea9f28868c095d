import { Alert, Button, Group, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { ApiError } from '../api/client.ts'
import { errorSentence } from './error-state.tsx'
import styles from './form-dialog.module.css'
import { Notice } from './notice.tsx'
import { useFocusBack } from './use-focus-back.ts'
import type { WriteForm } from './use-write-form.ts'

type Props = {
  title: string
  /** A verb and its object: `Create promotion code`. */
  submit: string
  /** What the button does that cannot be taken back, which stands beside it. */
  consequence?: ReactNode
  form: WriteForm
  children: ReactNode
  onClose: () => void
}

/** A form that writes, shown for as long as it is rendered. Its fields are locked until that worked or not; where nobody knows, it can only ask again. */
export function FormDialog({ title, submit, consequence, form, children, onClose }: Props) {
  useFocusBack()
  const { isUnclear: unclear } = form
  const isMade = form.refusal instanceof ApiError && form.refusal.outcome === 'applied'
  return (
    <Modal opened onClose={onClose} title={title} size={520} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form ref={form.ref} onSubmit={form.submit} noValidate>
        <fieldset className={styles.fields} disabled={unclear || form.isPending}>
          {children}
        </fieldset>
        {unclear ? (
          <Notice
            role="alert"
            title={isMade ? 'It was made, but its answer was lost' : 'We do not know yet whether it was made'}
          >
            {errorSentence(form.refusal)} Asking again is safe: it is made once at most.
          </Notice>
        ) : form.refusal && !form.isOnField ? (
          <Alert color="red" mt="lg" role="alert">
            {errorSentence(form.refusal)}
          </Alert>
        ) : null}
        <div className={styles.foot}>
          {consequence !== undefined && <p className={styles.consequence}>{consequence}</p>}
          <Group gap="sm" justify="flex-end" className={styles.buttons}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={form.isPending}>
              {unclear ? 'Ask again' : submit}
            </Button>
          </Group>
        </div>
      </form>
    </Modal>
  )
}
