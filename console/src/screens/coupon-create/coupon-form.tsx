import { Alert, Button } from '@mantine/core'
import { type FormEvent, useEffect, useRef } from 'react'
import { errorSentence } from '../../components/error-state.tsx'
import { hasHalfTyped } from '../../components/has-half-typed.ts'
import styles from './coupon-create.module.css'
import { DiscountFields } from './discount-fields.tsx'
import { DurationFields } from './duration-fields.tsx'
import { amountProblem, type Field, type Form } from './form.ts'
import { LimitFields } from './limit-fields.tsx'
import { NameFields } from './name-fields.tsx'

export type Errors = Partial<Record<Field, string>>
export type FieldProps = { form: Form; edit: (patch: Partial<Form>) => void; errors: Errors }

type Props = FieldProps & {
  /** Nothing can be changed while something was sent that has no clear answer. */
  locked: boolean
  pending: boolean
  /** A refusal, and the field that it names. */
  refused: { error: Error; field: Field | undefined } | undefined
  /** The preview's sentence, which stays in view where the preview itself does not. */
  sentence: string | undefined
  onSubmit: () => void
  onClear: () => void
}

/** The terms of a coupon. A refusal stands at its field, and focus moves there. */
export function CouponForm({ form, edit, errors, locked, pending, refused, sentence, onSubmit, onClear }: Props) {
  const general = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (refused && !locked) (refused.field ? document.getElementById(refused.field) : general.current)?.focus()
  }, [refused, locked])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (hasHalfTyped(event.currentTarget)) return
    if (amountProblem(form)) document.getElementById('amount')?.focus()
    else onSubmit()
  }
  const fields = { form, edit, errors }
  return (
    <form className={styles.form} noValidate aria-label="Coupon" onSubmit={submit}>
      <fieldset className={styles.fields} disabled={locked}>
        <DiscountFields {...fields} />
        <DurationFields {...fields} />
        <LimitFields {...fields} />
        <NameFields {...fields} />
      </fieldset>
      {sentence !== undefined && <p className={styles.sentence}>{sentence}</p>}
      {refused && !refused.field && (
        <Alert color="red" role="alert" ref={general} tabIndex={-1}>
          {errorSentence(refused.error)}
        </Alert>
      )}
      <div className={styles.end}>
        <p className={styles.consequence}>
          Discount, duration, limits and expiry cannot be changed later. <span>Name can.</span>
        </p>
        <div className={styles.buttons}>
          <Button type="submit" loading={pending} disabled={locked && !pending}>
            Create coupon
          </Button>
          <Button variant="default" disabled={locked} onClick={onClear}>
            Clear the form
          </Button>
        </div>
      </div>
    </form>
  )
}
