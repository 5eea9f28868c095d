import { Select } from '@mantine/core'
import type { ApiKey } from '../../api/client.ts'
import { useRotateKey } from '../../api/keys.ts'
import { useSession } from '../../api/session.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useWriteForm } from '../../components/use-write-form.ts'
import { useShowSecret } from '../../frame/secret-dialog.tsx'

const overlaps = [
  { value: '0', label: 'Not at all: it stops at once' },
  { value: '3600', label: 'For an hour' },
  { value: '86400', label: 'For a day' },
  { value: '604800', label: 'For a week' },
]

/** Makes a new key in place of one, which works on for a while. */
export function RotateKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { key: own } = useSession()
  const form = useWriteForm({
    initial: { overlap: '86400' },
    read: ({ overlap }) => ({ data: { overlap_seconds: Number(overlap) }, errors: {} }),
    write: useRotateKey(apiKey.id, useShowSecret()),
    fields: ['data.overlap_seconds'],
    onWritten: onClose,
  })
  return (
    <FormDialog
      title={`Rotate ${apiKey.name}?`}
      submit="Rotate key"
      consequence={
        <>
          A new key with the same limits is made. Put it in place before the old one stops: what the bulk jobs of the
          old key have not made by then fails.
          {own.id === apiKey.id && ' It is the key that you are signed in with.'}
        </>
      }
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
