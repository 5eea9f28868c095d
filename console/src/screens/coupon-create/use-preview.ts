import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo } from 'react'
import { api, bodyOf } from '../../api/client.ts'
import { parseMoney } from '../../lib/money.ts'
import { amountProblem, type Form, samplesOf, type Terms, termsOf } from './form.ts'

const previewPath = '/stripe/connect/accounts/{accountId}/coupons/preview'
const delayMs = 300

type Asked = { data: Terms; samples: { amount: number; currency: string }[] }

/** What the server says the coupon would be and do, asked when nothing was typed for 300 ms. */
export function usePreview(accountId: string, form: Form) {
  const now = useMemo(() => askedOf(form), [form])
  const [asked] = useDebouncedValue(now, delayMs)
  return useQuery({
    queryKey: ['coupon-preview', accountId, asked],
    queryFn: ({ signal }) =>
      bodyOf(api.POST(previewPath, { params: { path: { accountId } }, body: asked ?? { data: {} }, signal })),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  })
}

/** Undefined where nothing can be asked yet, because the discount is missing or its amount is none. */
function askedOf(form: Form): Asked | undefined {
  const discount = form.kind === 'percent' ? form.percent : form.amount
  if (discount.trim() === '' || amountProblem(form)) return undefined
  const samples = samplesOf(form).flatMap((text) => {
    const amount = parseMoney(text, form.currency)
    return amount === undefined ? [] : [{ amount, currency: form.currency }]
  })
  return { data: termsOf(form), samples }
}
