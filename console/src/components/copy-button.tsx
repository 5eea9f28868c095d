import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { Check, Copy } from 'lucide-react'

type Props = {
  value: string
  /** Says what is copied: `Copy the coupon’s id`. */ label: string
  /** Shows the label beside the icon. */ withText?: boolean
}

export function CopyButton({ value, label, withText = false }: Props) {
  const { copy, copied, error } = useClipboard({ timeout: 1_500 })
  const Icon = copied ? Check : Copy
  const said = error ? 'Copying is not allowed here' : copied ? 'Copied' : label
  const onClick = (event: { stopPropagation(): void }) => {
    event.stopPropagation()
    copy(value)
  }
  if (withText) {
    return (
      <Button variant="default" leftSection={<Icon size={16} aria-hidden />} onClick={onClick}>
        <span aria-live="polite">{said}</span>
      </Button>
    )
  }
  return (
    <Tooltip label={said}>
      <ActionIcon variant="subtle" color="gray" size={24} aria-label={said} aria-live="polite" onClick={onClick}>
        <Icon size={14} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
