import type { UseMutationResult } from '@tanstack/react-query'
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { isLeftOpen } from '../api/make.ts'

/** Sentences by the field that they are about, as the API names it: `data.code`. */
export type FieldErrors = Record<string, string>

/** As much of a form as its dialog needs. */
export type WriteForm = {
  ref: RefObject<HTMLFormElement | null>
  submit: (event: FormEvent) => void
  isPending: boolean
  /** What the server refused, or that no answer came. */
  refusal: Error | null
  /** Whether it leaves open what was made. */
  isUnclear: boolean
  /** Whether the refusal stands at one of the form's fields. */
  isOnField: boolean
}

type Options<Draft, Data, Made> = {
  initial: Draft
  /** What is sent, or why it cannot be. */
  read: (draft: Draft) => { data: Data; errors: FieldErrors }
  /** Without `isUnclear` where it keeps no key for a second try. */
  write: UseMutationResult<Made, Error, Data> & { isUnclear?: boolean }
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
  const [draft, setDraft] = useState(initial)
  const [errors, setErrors] = useState<FieldErrors>({})
  const ref = useRef<HTMLFormElement>(null)
  const { error: refusal, isPending, mutate, reset } = write

  useEffect(() => {
    ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [errors, refusal])

  const isUnclear = write.isUnclear ?? isLeftOpen(refusal)
  const refused = refusal instanceof ApiError && !isUnclear ? refusal : undefined
  const param = fields.find((field) => refused?.param === field || refused?.param?.startsWith(`${field}.`))
  const change = (changes: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...changes }))
    setErrors({})
    reset()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isPending) return
    const { data, errors: found } = read(draft)
    setErrors(found)
    if (Object.keys(found).length === 0) mutate(data, { onSuccess: onWritten })
  }
  return {
    ref,
    submit,
    isPending,
    refusal,
    isUnclear,
    isOnField: param !== undefined,
    draft,
    change,
    /** What a field of the form needs to show its error. */
    field: (name: string) => ({ error: errors[name] ?? (param === name ? refused?.message : undefined) }),
  }
}
