import { ActionIcon, Button, TextInput, Tooltip, VisuallyHidden } from '@mantine/core'
import { Pencil } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Coupon } from '../../api/client.ts'
import { useRenameCoupon } from '../../api/coupons.ts'
import { errorSentence } from '../../components/error-state.tsx'
import styles from './name-in-place.module.css'

/** The name as the page's heading, which turns into a field. Escape leaves it as it was. */
export function NameInPlace({ accountId, coupon }: { accountId: string; coupon: Coupon }) {
  const [draft, setDraft] = useState<string>()
  const rename = useRenameCoupon(accountId, coupon.id)
  const pencil = useRef<HTMLButtonElement>(null)

  const stop = () => {
    setDraft(undefined)
    rename.reset()
    // The button is back after the next paint; focus would be lost otherwise.
    requestAnimationFrame(() => pencil.current?.focus())
  }
  const save = () => {
    const name = draft?.trim() ?? ''
    if (name === coupon.name) stop()
    else rename.mutate(name, { onSuccess: stop })
  }

  if (draft === undefined) {
    return (
      <div className={styles.view}>
        <h1 className={styles.name}>{coupon.name}</h1>
        <Tooltip label="Rename">
          <ActionIcon
            ref={pencil}
            variant="subtle"
            color="gray"
            size={28}
            aria-label="Rename coupon"
            onClick={() => setDraft(coupon.name)}
          >
            <Pencil size={14} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    )
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
      onKeyDown={(event) => event.key === 'Escape' && stop()}
    >
      <VisuallyHidden component="h1">{coupon.name}</VisuallyHidden>
      <TextInput
        className={styles.field}
        label="Name"
        description="Customers see it on their invoices and receipts."
        value={draft}
        maxLength={40}
        error={rename.error && errorSentence(rename.error)}
        onChange={(event) => setDraft(event.currentTarget.value)}
        ref={(field) => void (field && document.activeElement === document.body && field.focus())}
      />
      <Button type="submit" loading={rename.isPending} disabled={draft.trim() === ''}>
        Rename coupon
      </Button>
      <Button variant="default" onClick={stop}>
        Cancel
      </Button>
    </form>
  )
}
