import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ApiKey } from '../../api/client.ts'
import { type KeyAction, useKeyAction } from '../../api/keys.ts'
import { useSession } from '../../api/session.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'

type Words = { button: string; title: (name: string) => string; consequence: string; isDangerous: boolean }

const words: Record<KeyAction, Words> = {
  freeze: {
    button: 'Freeze key',
    title: (name) => `Freeze ${name}?`,
    consequence:
      'Within a second it changes nothing any more: what it asks for is refused, and its bulk jobs wait. It still reads. It can be unfrozen.',
    isDangerous: false,
  },
  unfreeze: {
    button: 'Unfreeze key',
    title: (name) => `Unfreeze ${name}?`,
    consequence: 'Within a second it makes changes again, and its bulk jobs go on.',
    isDangerous: false,
  },
  revoke: {
    button: 'Revoke key',
    title: (name) => `Revoke ${name}?`,
    consequence:
      'Within a second it stops working for ever: what calls with it is refused, and its bulk jobs end. What it made stays. This cannot be undone.',
    isDangerous: true,
  },
}

/** A button that acts on a key, after saying what that does. */
export function KeyActionButton({ apiKey, action }: { apiKey: ApiKey; action: KeyAction }) {
  const [opened, dialog] = useDisclosure(false)
  const act = useKeyAction(apiKey.id, action)
  const { key: own } = useSession()
  const { button, title, consequence, isDangerous } = words[action]
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {button}
      </Button>
      <ConfirmDialog
        opened={opened}
        title={title(apiKey.name)}
        confirm={button}
        danger={isDangerous}
        pending={act.isPending}
        error={act.error}
        onConfirm={() => act.mutate(undefined, { onSuccess: dialog.close })}
        onClose={() => {
          dialog.close()
          act.reset()
        }}
      >
        {consequence}
        {own.id === apiKey.id && ' It is the key that you are signed in with.'}
      </ConfirmDialog>
    </>
  )
}
