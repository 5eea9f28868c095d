import { useCreateKey } from '../../api/keys.ts'
import { useSession } from '../../api/session.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useWriteForm } from '../../components/use-write-form.ts'
import { useShowSecret } from '../../frame/secret-dialog.tsx'
import { draftOf, keyFields, readKey } from './key-draft.ts'
import { KeyFormFields } from './key-form-fields.tsx'

/** Makes a key. Its limits begin with those of the key that is signed in, which it cannot exceed. */
export function CreateKey({ onClose }: { onClose: () => void }) {
  const { key } = useSession()
  const form = useWriteForm({
    initial: draftOf(key, '', []),
    read: readKey,
    write: useCreateKey(useShowSecret()),
    fields: keyFields,
    onWritten: onClose,
  })
  return (
    <FormDialog
      title="Create key"
      submit="Create key"
      consequence="It works at once, and its secret is shown once. Its limits can be changed later."
      form={form}
      onClose={onClose}
    >
      <KeyFormFields draft={form.draft} change={form.change} field={form.field} />
    </FormDialog>
  )
}
