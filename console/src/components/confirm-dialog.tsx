import { Alert, Button, Group, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { errorSentence } from './error-state.tsx'

type Props = {
  opened: boolean
  title: string
  /** The consequence, which stands beside the button that has it. */
  children: ReactNode
  /** A verb and its object: `Delete coupon`. */
  confirm: string
  danger?: boolean
  pending?: boolean
  error?: unknown
  onConfirm: () => void
  onClose: () => void
}

/** Asks before what cannot be undone. Escape and the way back leave everything as it was, until it was confirmed: then it stays for the answer. */
export function ConfirmDialog({ opened, title, children, confirm, danger, pending, error, onConfirm, onClose }: Props) {
  const close = () => {
    if (!pending) onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close', disabled: pending }}
    >
      {children}
      {error ? (
        <Alert color="red" mt="md" role="alert">
          {errorSentence(error)}
        </Alert>
      ) : null}
      <Group justify="flex-end" mt="xl" gap="sm">
        <Button variant="default" disabled={pending} onClick={close} data-autofocus>
          Cancel
        </Button>
        <Button {...(danger && { color: 'red.8' })} loading={pending} onClick={onConfirm}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  )
}
