import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Coupon } from '../../api/client.ts'
import { couponQuery, couponsQuery } from '../../api/coupons.ts'
import { discountWords } from '../../lib/discount.ts'

type Props = { accountId: string; value: string; error: string | undefined; onChange: (couponId: string) => void }

/** Chooses a coupon of the account by its name or id; the newest are offered first. */
export function CouponPicker({ accountId, value, error, onChange }: Props) {
  const [typed, setTyped] = useState('')
  const { data: chosen } = useQuery({ ...couponQuery(accountId, value), enabled: value !== '' })
  const [query] = useDebouncedValue(chosen !== undefined && typed === labelOf(chosen) ? '' : typed.trim(), 250)
  const { data } = useQuery({
    ...couponsQuery(accountId, { query: query || undefined }),
    placeholderData: keepPreviousData,
  })
  const offered = (data?.coupons ?? []).filter(({ id, valid }) => valid && id !== chosen?.id)
  const coupons = chosen ? [chosen, ...offered] : offered
  return (
    <Select
      label="Coupon"
      placeholder="Search by name or id"
      searchable
      withAsterisk
      data={coupons.map((coupon) => ({ value: coupon.id, label: labelOf(coupon) }))}
      // The server has searched already.
      filter={({ options }) => options}
      nothingFoundMessage={data ? 'No valid coupon fits' : 'Searching…'}
      maxDropdownHeight={240}
      value={value === '' ? null : value}
      error={error}
      onSearchChange={setTyped}
      onChange={(id) => onChange(id ?? '')}
    />
  )
}

function labelOf(coupon: Coupon): string {
  return `${coupon.name} (${coupon.id}): ${discountWords(coupon)}`
}
