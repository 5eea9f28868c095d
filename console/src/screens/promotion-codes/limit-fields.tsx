import { Checkbox, Group, TextInput } from '@mantine/core'
import { latestTime, utcWords } from '../../lib/time.ts'
import type { LimitsDraft } from './limits.ts'

type Props = {
  draft: LimitsDraft
  change: (changes: Partial<LimitsDraft>) => void
  field: (name: string) => { error: string | undefined }
}

/** What a code is limited to. Left empty, nothing is. */
export function LimitFields({ draft, change, field }: Props) {
  return (
    <>
      <TextInput
        label="Redemptions at most"
        description="All customers together. Empty: as often as the coupon allows."
        inputMode="numeric"
        value={draft.redemptions}
        onChange={(event) => change({ redemptions: event.currentTarget.value })}
        {...field('data.max_redemptions')}
      />
      <TextInput
        label="Expires"
        description={utcWords(draft.expires) ?? 'In your time zone. Empty: never before the coupon.'}
        type="datetime-local"
        max={latestTime}
        value={draft.expires}
        onChange={(event) => change({ expires: event.currentTarget.value })}
        {...field('data.expires_at')}
      />
      <Group gap="sm" align="flex-end" wrap="nowrap">
        <TextInput
          flex={1}
          label="Minimum purchase"
          inputMode="decimal"
          value={draft.minimum}
          onChange={(event) => change({ minimum: event.currentTarget.value })}
          {...field('data.restrictions.minimum_amount')}
        />
        <TextInput
          w={96}
          label="Currency"
          maxLength={4}
          value={draft.currency}
          onChange={(event) => change({ currency: event.currentTarget.value })}
          {...field('data.restrictions.minimum_amount_currency')}
        />
      </Group>
      <Checkbox
        label="New customers only"
        description="Customers who have not paid before."
        checked={draft.isFirstTime}
        onChange={(event) => change({ isFirstTime: event.currentTarget.checked })}
      />
    </>
  )
}
