import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { canAskAgain, isLeftOpen } from '../api/make.ts'
import { kept } from '../lib/storage.ts'
import { hasHalfTyped } from './has-half-typed.ts'

/** Sentences by the field that they are about, as the API names it: `data.code`. */
export type FieldErrors = Record<string, string>

/** As much of a form as its dialog needs. */
export type WriteForm = {
  ref: RefObject<HTMLFormElement | null>
  submit: (event: FormEvent) => void
  isPending: boolean
  /** What the server refused, or that no answer came. */
  refusal: Error | null
  /** Whether it is open what was made. */
  isUnclear: boolean
  /** Whether asking again can tell. */
  canAskAgain: boolean
  /** Gives up what was sent, where asking again cannot tell. */
  giveUp: (() => void) | undefined
  /** Whether the refusal stands at one of the form's fields. */
  isOnField: boolean
}

type Write<Data, Made> = {
  error: Error | null
  isPending: boolean
  reset: () => void
  mutate: (filled: { data: Data; draft: unknown }, options: { onSuccess: (made: Made) => void }) => void
  /** As `useMake` has these; left out where no key is kept for a second try. */
  name?: string
  unanswered?: { data: Data; at: number }
  giveUp?: () => void
}

type Options<Draft, Data, Made> = {
  initial: Draft
  /** What is sent, or why it cannot be. */
  read: (draft: Draft) => { data: Data; errors: FieldErrors }
  write: Write<Data, Made>
  /** The fields that the form has, as the API names them. */
  fields: readonly string[]
  onWritten: (made: Made) => void
}

/** The state of a form whose refusals land on its fields, and take the focus there. */
export function useWriteForm<Draft, Data, Made>({
  initial,
  read,
  write,
  fields,
  onWritten,
}: Options<Draft, Data, Made>) {
  const { error: refusal, isPending, mutate, reset, name: keptAs, unanswered } = write
  const [draft, setDraft] = useState(() => (keptAs === undefined ? initial : kept(keptAs, { draft: initial }).draft))
  const [errors, setErrors] = useState<FieldErrors>({})
  const ref = useRef<HTMLFormElement>(null)

  useEffect(() => {
    ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [errors, refusal])

  const isUnclear = keptAs === undefined ? isLeftOpen(refusal) : unanswered !== undefined
  const refused = refusal instanceof ApiError && !isUnclear ? refusal : undefined
  const param = fields.find((field) => refused?.param === field || refused?.param?.startsWith(`${field}.`))
  const change = (changes: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...changes }))
    setErrors({})
    reset()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isPending || hasHalfTyped(event.currentTarget)) return
    const { data, errors: found } = unanswered ? { data: unanswered.data, errors: {} } : read(draft)
    setErrors(found)
    if (Object.keys(found).length === 0) mutate({ data, draft }, { onSuccess: onWritten })
  }
  return {
    ref,
    submit,
    isPending,
    refusal,
    isUnclear,
    canAskAgain: !unanswered || canAskAgain(unanswered.at, refusal),
    giveUp: write.giveUp,
    isOnField: param !== undefined,
    draft,
    change,
    /** What a field of the form needs to show its error. */
    field: (name: string) => ({ error: errors[name] ?? (param === name ? refused?.message : undefined) }),
  }
}
