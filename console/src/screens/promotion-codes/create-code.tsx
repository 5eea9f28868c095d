import { TextInput } from '@mantine/core'
import type { PromotionCode } from '../../api/client.ts'
import { useCreatePromotionCode } from '../../api/promotion-codes.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useWriteForm } from '../../components/use-write-form.ts'
import { CouponPicker } from './coupon-picker.tsx'
import { LimitFields } from './limit-fields.tsx'
import { limitFields, type LimitsDraft, noLimits, readLimits } from './limits.ts'

type Draft = LimitsDraft & { coupon: string; code: string }
type Props = {
  accountId: string
  coupon: string | undefined
  onClose: () => void
  onMade: (code: PromotionCode) => void
}

export function CreateCode({ accountId, coupon = '', onClose, onMade }: Props) {
  const form = useWriteForm({
    initial: { ...noLimits, coupon, code: '' },
    read,
    write: useCreatePromotionCode(accountId),
    fields: ['data.coupon', 'data.code', ...limitFields],
    onWritten: onMade,
  })
  const { draft, change, field } = form
  return (
    <FormDialog
      title="Create promotion code"
      submit="Create promotion code"
      consequence="Customers can use it at once. Its text and limits cannot be changed later; it can be switched off."
      form={form}
      onClose={onClose}
    >
      <CouponPicker
        accountId={accountId}
        value={draft.coupon}
        {...field('data.coupon')}
        onChange={(id) => change({ coupon: id })}
      />
      <TextInput
        label="Code"
        description="What customers type: letters, digits, dashes and underscores. Empty: Stripe makes one."
        placeholder="SUMMER-2026"
        maxLength={500}
        value={draft.code}
        onChange={(event) => change({ code: event.currentTarget.value })}
        {...field('data.code')}
      />
      <LimitFields draft={draft} change={change} field={field} />
    </FormDialog>
  )
}

function read({ coupon, code, ...draft }: Draft) {
  const { data, errors } = readLimits(draft)
  if (coupon === '') errors['data.coupon'] = 'Choose the coupon that the code gives.'
  const text = code.trim()
  return { data: { coupon, ...(text !== '' && { code: text }), ...data }, errors }
}
