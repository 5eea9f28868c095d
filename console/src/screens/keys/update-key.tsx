import { useState } from 'react'
import type { ApiKey } from '../../api/client.ts'
import { useUpdateKey } from '../../api/keys.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useWriteForm } from '../../components/use-write-form.ts'
import { changesIn, draftOf, keyFields } from './key-draft.ts'
import { KeyFormFields } from './key-form-fields.tsx'

/** Changes what a key may do; only what was touched is sent. */
export function UpdateKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const [before] = useState(() => draftOf(apiKey, apiKey.name, apiKey.scopes))
  const form = useWriteForm({
    initial: before,
    read: (draft) => changesIn(draft, before),
    write: useUpdateKey(apiKey.id),
    fields: keyFields,
    onWritten: onClose,
  })
  return (
    <FormDialog
      title={`Change ${apiKey.name}`}
      submit="Save changes"
      consequence="They hold within a second, for its running bulk jobs too."
      form={form}
      onClose={onClose}
    >
      <KeyFormFields draft={form.draft} change={form.change} field={form.field} />
    </FormDialog>
  )
}
