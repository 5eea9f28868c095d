import { TextInput } from '@mantine/core'
import styles from './coupon-create.module.css'
import type { FieldProps } from './coupon-form.tsx'

/** What people and programs call it. */
export function NameFields({ form, edit, errors }: FieldProps) {
  return (
    <div className={styles.pair}>
      <TextInput
        id="name"
        label="Name"
        description="Customers see it on invoices."
        placeholder="Summer Sale"
        autoComplete="off"
        maxLength={40}
        value={form.name}
        error={errors.name}
        onChange={(event) => edit({ name: event.currentTarget.value })}
      />
      <TextInput
        id="id"
        label="Id"
        description="Empty: Stripe makes one."
        placeholder="SUMMER20"
        autoComplete="off"
        spellCheck={false}
        maxLength={5000}
        value={form.id}
        error={errors.id}
        onChange={(event) => edit({ id: event.currentTarget.value })}
      />
    </div>
  )
}
