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

/**
 * Whether a refusal says that nothing was made under the key. Who may not ask at all is refused before the server looks at the key,
 * so that such an answer to a second request says nothing of the first.
 */
export function isClear(error: Error, again: boolean): boolean {
  if (!(error instanceof ApiError) || error.outcome !== 'not_applied') return false
  return !again || (error.status !== 401 && error.status !== 403)
}
