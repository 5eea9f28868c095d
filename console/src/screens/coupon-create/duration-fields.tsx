import { TextInput } from '@mantine/core'
import { Choice } from './choice.tsx'
import styles from './coupon-create.module.css'
import type { FieldProps } from './coupon-form.tsx'

const durations = [
  ['once', 'First invoice', 'The next one that the customer pays.'],
  ['repeating', 'Some months', 'Every invoice for as many months as you say.'],
  ['forever', 'For ever', 'Every invoice of a subscription, without an end.'],
] as const

/** Which invoices are cheaper. */
export function DurationFields({ form, edit, errors }: FieldProps) {
  return (
    <>
      <Choice
        legend="Applies to"
        name="duration"
        value={form.duration}
        options={durations}
        error={errors.duration}
        onChange={(duration) => edit({ duration })}
      />
      {form.duration === 'repeating' && (
        <TextInput
          id="months"
          className={styles.short}
          label="Months"
          description="From the day it is redeemed."
          inputMode="numeric"
          autoComplete="off"
          required
          withAsterisk={false}
          value={form.months}
          error={errors.months}
          onChange={(event) => edit({ months: event.currentTarget.value })}
        />
      )}
    </>
  )
}
