import { ApiError } from '../../api/client.ts'
import { errorSentence } from '../../components/error-state.tsx'
import { type Field, fieldOf, type Form } from './form.ts'

/** A refusal and the field of the form that it names. */
export function refusalOf(error: Error, form: Form): { error: Error; field: Field | undefined } {
  const param = error instanceof ApiError && error.param?.startsWith('data.') ? error.param : undefined
  return { error, field: fieldOf(param, form) }
}

/**
 * What stands at which field: the refusal of what was sent, and while somebody writes, what the preview refuses, unless the field is
 * still empty.
 */
export function shownErrors(
  form: Form,
  refused: ReturnType<typeof refusalOf> | undefined,
  previewError: Error | null,
): Partial<Record<Field, string>> {
  if (refused?.field) return { [refused.field]: errorSentence(refused.error) }
  if (!previewError) return {}
  const { field } = refusalOf(previewError, form)
  return field && form[field] !== '' ? { [field]: errorSentence(previewError) } : {}
}
