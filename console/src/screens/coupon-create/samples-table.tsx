import { NativeSelect, TextInput } from '@mantine/core'
import { currencies } from '../../../../src/lib/currencies.ts'
import { currencyDecimals, formatMoney, parseMoney } from '../../lib/money.ts'
import styles from './samples-table.module.css'
import { type Form, type Preview, samplesOf } from './form.ts'

const codes = currencies.toSorted().map((code) => ({ value: code, label: code.toUpperCase() }))

type Props = { form: Form; effects: Preview['effects'] | undefined; edit: (patch: Partial<Form>) => void }

/** What the coupon does to prices that the reader can change. */
export function SamplesTable({ form, effects, edit }: Props) {
  const { currency, kind } = form
  const texts = samplesOf(form)
  const write = (place: number, text: string) =>
    edit({ samples: form.samples.map((sample, index) => (index === place ? text : sample)) })
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">
            <span className={styles.price}>
              Price
              {kind === 'percent' ? (
                <NativeSelect
                  aria-label="Currency of the prices"
                  size="xs"
                  data={codes}
                  value={currency}
                  onChange={(event) => edit({ currency: event.currentTarget.value })}
                />
              ) : (
                ` in ${currency.toUpperCase()}`
              )}
            </span>
          </th>
          <th scope="col">Discount</th>
          <th scope="col">To pay</th>
        </tr>
      </thead>
      <tbody>
        {texts.map((text, index) => {
          const amount = parseMoney(text, currency)
          const effect = effects?.find((one) => one.amount === amount && one.currency === currency)
          return (
            // The rows have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={index}>
              <td>
                <TextInput
                  aria-label={`Sample price ${index + 1}`}
                  size="xs"
                  inputMode="decimal"
                  autoComplete="off"
                  value={text}
                  error={text.trim() !== '' && amount === undefined && `At most ${currencyDecimals(currency)} decimals`}
                  onChange={(event) => write(index, event.currentTarget.value)}
                />
              </td>
              <td>{effect ? formatMoney(-effect.discount, currency) : '–'}</td>
              <td className={styles.total}>{effect ? formatMoney(effect.total, currency) : '–'}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
