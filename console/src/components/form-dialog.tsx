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

/**
 * A form that writes, shown for as long as it is rendered. It is locked and stays open until that worked or not, since what the answer
 * brings may be shown once; where nobody knows, it can only ask again, also when it is opened anew.
 */
export function FormDialog({ title, submit, consequence, form, children, onClose }: Props) {
  useFocusBack()
  const { isUnclear: unclear } = form
  const close = () => {
    if (!form.isPending) onClose()
  }
  const isMade = form.refusal instanceof ApiError && form.refusal.outcome === 'applied'
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      size={520}
      closeButtonProps={{ 'aria-label': 'Close', disabled: form.isPending }}
    >
      <form ref={form.ref} onSubmit={form.submit} noValidate>
        <fieldset className={styles.fields} disabled={unclear || form.isPending}>
          {children}
        </fieldset>
        {unclear ? (
          <Notice
            role="alert"
            title={isMade ? 'It was made, but its answer was lost' : 'We do not know yet whether it was made'}
          >
            {form.refusal ? errorSentence(form.refusal) : 'This was sent before, and no clear answer came.'}{' '}
            {form.canAskAgain
              ? 'Asking again is safe: it is made once at most.'
              : 'Asking again can no longer tell. Look whether it is there. If it is, sending the form once more makes a second one.'}
          </Notice>
        ) : form.refusal && !form.isOnField ? (
          <Alert color="red" mt="lg" role="alert">
            {errorSentence(form.refusal)}
          </Alert>
        ) : null}
        <div className={styles.foot}>
          {consequence !== undefined && <p className={styles.consequence}>{consequence}</p>}
          <Group gap="sm" justify="flex-end" className={styles.buttons}>
            <Button variant="default" disabled={form.isPending} onClick={close}>
              Cancel
            </Button>
            {unclear && !form.canAskAgain ? (
              // The keys keep the click on this button from submitting the form that it opens.
              <Button key="give-up" onClick={form.giveUp}>
                It is not there: open the form again
              </Button>
            ) : (
              <Button key="submit" type="submit" loading={form.isPending}>
                {unclear ? 'Ask again' : submit}
              </Button>
            )}
          </Group>
        </div>
      </form>
    </Modal>
  )
}
