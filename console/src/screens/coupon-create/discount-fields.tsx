import { NativeSelect, TextInput } from '@mantine/core'
import { currencies } from '../../../../src/lib/currencies.ts'
import { locale } from '../../lib/locale.ts'
import { currencyDecimals, parseMoney } from '../../lib/money.ts'
import { Choice } from './choice.tsx'
import styles from './coupon-create.module.css'
import { amountProblem } from './form.ts'
import type { FieldProps } from './coupon-form.tsx'

const kinds = [
  ['percent', 'Percentage', 'Such as 25% off. Works in every currency.'],
  ['amount', 'Amount', 'Such as $20.00 off. In one currency only.'],
] as const

const number = new Intl.NumberFormat(locale)
const names = new Intl.DisplayNames(locale, { type: 'currency', fallback: 'none' })
const choices = currencies.toSorted().map((code) => ({ value: code, label: labelOf(code) }))

/** How much it takes off. */
export function DiscountFields({ form, edit, errors }: FieldProps) {
  const { kind, percent, amount, currency } = form
  return (
    <>
      <Choice
        legend="Discount"
        name="kind"
        value={kind}
        options={kinds}
        error={undefined}
        onChange={(chosen) => edit({ kind: chosen })}
      />
      {kind === 'percent' ? (
        <TextInput
          id="percent"
          className={styles.short}
          label="Percent off"
          description="From 1 to 100, with at most two decimals."
          inputMode="decimal"
          autoComplete="off"
          required
          withAsterisk={false}
          rightSection={<span aria-hidden>%</span>}
          value={percent}
          error={errors.percent}
          onChange={(event) => edit({ percent: event.currentTarget.value })}
        />
      ) : (
        <div className={styles.pair}>
          <TextInput
            id="amount"
            label="Amount off"
            placeholder={(20).toFixed(currencyDecimals(currency))}
            inputMode="decimal"
            autoComplete="off"
            required
            withAsterisk={false}
            value={amount}
            error={errors.amount ?? amountProblem(form)}
            onChange={(event) => edit({ amount: event.currentTarget.value })}
          />
          <NativeSelect
            id="currency"
            label="Currency"
            data={choices}
            value={currency}
            error={errors.currency}
            onChange={(event) => edit({ currency: event.currentTarget.value })}
          />
          <p className={styles.note}>{sentWords(amount, currency)}</p>
        </div>
      )}
    </>
  )
}

/** The integer that is sent, and what it counts. */
function sentWords(text: string, currency: string): string {
  const amount = parseMoney(text, currency)
  const decimals = currencyDecimals(currency)
  const unit = decimals === 0 ? 'whole units' : decimals === 3 ? 'thousandths' : 'hundredths'
  const code = currency.toUpperCase()
  if (amount === undefined) return `${code} has ${decimals === 0 ? 'no' : decimals} decimals.`
  return `Sent as ${number.format(amount)}: Stripe counts ${code} in ${unit}.`
}

function labelOf(code: string): string {
  const name = code.length === 3 ? names.of(code) : undefined
  return name === undefined ? code.toUpperCase() : `${code.toUpperCase()}: ${name}`
}
