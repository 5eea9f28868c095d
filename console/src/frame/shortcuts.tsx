import { ActionIcon, Kbd, Modal, Switch, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { Keyboard } from 'lucide-react'
import { useEffect, useState } from 'react'
import { remember, remembered } from '../lib/storage.ts'
import styles from './shortcuts.module.css'

const listed: readonly (readonly [string, string])[] = [
  ['/', 'Search'],
  ['c', 'Create a coupon'],
  ['↑ ↓', 'Go through a table'],
  ['Enter', 'Open'],
  ['Esc', 'Close'],
  ['?', 'Show these keys'],
]

/** Keys that work everywhere but in fields and dialogs, and the dialog that lists them and can switch them off. */
export function Shortcuts({ accountId }: { accountId: string | undefined }) {
  const [opened, dialog] = useDisclosure(false)
  const [enabled, setEnabled] = useState(remembered('shortcuts') !== 'off')
  const navigate = useNavigate()

  useEffect(() => {
    if (!enabled) return undefined
    const keys: Partial<Record<string, () => void>> = {
      '/': focusSearch,
      c: () =>
        accountId !== undefined && void navigate({ to: '/$account/coupons/new', params: { account: accountId } }),
      '?': dialog.open,
    }
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event.target)) return
      const act = event.key === 'ArrowDown' && document.activeElement === document.body ? focusTable : keys[event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [enabled, accountId, navigate, dialog.open])

  return (
    <>
      <Tooltip label="Keyboard shortcuts">
        <ActionIcon
          className={styles.button}
          variant="subtle"
          color="gray"
          size={32}
          aria-label="Keyboard shortcuts"
          onClick={dialog.open}
        >
          <Keyboard size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title="Keyboard shortcuts"
        size={360}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <dl className={styles.list}>
          {listed.map(([key, meaning]) => (
            <div key={key} className={styles.row}>
              <dt>{meaning}</dt>
              <dd>
                <Kbd>{key}</Kbd>
              </dd>
            </div>
          ))}
        </dl>
        <Switch
          label="Use single-key shortcuts"
          checked={enabled}
          onChange={({ currentTarget: { checked } }) => {
            setEnabled(checked)
            remember('shortcuts', checked ? 'on' : 'off')
          }}
        />
      </Modal>
    </>
  )
}

/** Whether a key belongs to what has the focus. */
function isTaken(target: EventTarget | null): boolean {
  return (
    document.querySelector('[role="dialog"][aria-modal="true"]') !== null ||
    (target instanceof Element &&
      target.closest(
        'input, textarea, select, [contenteditable], [role="listbox"], [role="menu"], [role="radiogroup"]',
      ) !== null)
  )
}

function focusSearch() {
  document.querySelector<HTMLElement>('[data-search-field]')?.focus()
}

function focusTable() {
  document.querySelector<HTMLElement>('[data-row-link]')?.focus()
}
