import { Button, Group, Modal } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { createContext, useContext } from 'react'
import type { NewApiKey } from '../api/client.ts'
import { CodeBlock } from '../components/code-block.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Notice } from '../components/notice.tsx'
import { useFocusBack } from '../components/use-focus-back.ts'
import styles from './secret-dialog.module.css'

/** Shows the secret of a key that was just made. The frame holds it, so that it outlives the form, and the session where that was its key's. */
export const ShowSecretContext = createContext<((made: NewApiKey) => void) | null>(null)

export function useShowSecret(): (made: NewApiKey) => void {
  const show = useContext(ShowSecretContext)
  if (!show) throw new Error('No frame')
  return show
}

/** The secret, which neither the server nor this page can show again: it stays until somebody says that they have it. */
export function SecretDialog({ made, onClose }: { made: NewApiKey; onClose: () => void }) {
  useFocusBack()
  useBlocker({ shouldBlockFn: () => true })
  const curl = `curl ${location.origin}/v1/public/me \\\n  -H 'Authorization: ${made.secret}'`
  return (
    <Modal
      opened
      onClose={onClose}
      title={`The secret of ${made.name}`}
      size={560}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Notice>
        This is the only time that it is shown. Copy it to where it is used; if it is lost, revoke the key and make
        another.
      </Notice>
      <div className={styles.secret}>
        <code>{made.secret}</code>
        <CopyButton value={made.secret} label="Copy secret" withText />
      </div>
      <p className={styles.try}>Try it: this says what the key may do.</p>
      <CodeBlock code={curl} label="the request" />
      <Group justify="flex-end" mt="xl">
        <Button onClick={onClose}>I have copied it</Button>
      </Group>
    </Modal>
  )
}
