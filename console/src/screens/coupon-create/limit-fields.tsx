import { TextInput } from '@mantine/core'
import { latestTime, utcWords } from '../../lib/time.ts'
import styles from './coupon-create.module.css'
import type { FieldProps } from './coupon-form.tsx'

/** How often, until when, and for what it can be redeemed. */
export function LimitFields({ form, edit, errors }: FieldProps) {
  return (
    <>
      <div className={styles.pair}>
        <TextInput
          id="maxRedemptions"
          label="Redemptions at most"
          description="By all customers together."
          placeholder="No limit"
          inputMode="numeric"
          autoComplete="off"
          value={form.maxRedemptions}
          error={errors.maxRedemptions}
          onChange={(event) => edit({ maxRedemptions: event.currentTarget.value })}
        />
        <TextInput
          id="expiry"
          type="datetime-local"
          label="Expires"
          description={`In your time zone, ${zone()}.`}
          max={latestTime}
          value={form.expiry}
          error={errors.expiry}
          onChange={(event) => edit({ expiry: event.currentTarget.value })}
        />
        <p className={styles.note} data-second>
          {utcWords(form.expiry) ?? 'Empty: it never expires.'}
        </p>
      </div>
      <TextInput
        id="products"
        label="Products"
        description="Ids of Stripe products, separated by commas. Empty: the discount is on everything."
        placeholder="prod_…"
        autoComplete="off"
        spellCheck={false}
        value={form.products}
        error={errors.products}
        onChange={(event) => edit({ products: event.currentTarget.value })}
      />
    </>
  )
}

function zone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll('_', ' ')
}
