import { Select } from '@mantine/core'
import type { ApiKey, NewApiKey } from '../../api/client.ts'
import { useRotateKey } from '../../api/keys.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useWriteForm } from '../../components/use-write-form.ts'

const overlaps = [
  { value: '0', label: 'Not at all: it stops at once' },
  { value: '3600', label: 'For an hour' },
  { value: '86400', label: 'For a day' },
  { value: '604800', label: 'For a week' },
]

type Props = { apiKey: ApiKey; onClose: () => void; onMade: (made: NewApiKey) => void }

/** Makes a new key in place of one, which works on for a while. */
export function RotateKey({ apiKey, onClose, onMade }: Props) {
  const form = useWriteForm({
    initial: { overlap: '86400' },
    read: ({ overlap }) => ({ data: { overlap_seconds: Number(overlap) }, errors: {} }),
    write: useRotateKey(apiKey.id),
    fields: ['data.overlap_seconds'],
    onWritten: onMade,
  })
  return (
    <FormDialog
      title={`Rotate ${apiKey.name}?`}
      submit="Rotate key"
      consequence="A new key with the same limits is made. Put it in place before the old one stops: what the bulk jobs of the old key have not made by then fails."
      form={form}
      onClose={onClose}
    >
      <Select
        label="The old key works on"
        data={overlaps}
        allowDeselect={false}
        value={form.draft.overlap}
        onChange={(overlap) => form.change({ overlap: overlap ?? '86400' })}
        {...form.field('data.overlap_seconds')}
      />
    </FormDialog>
  )
}
