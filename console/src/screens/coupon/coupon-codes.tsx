import { useQuery } from '@tanstack/react-query'
import type { Coupon, PromotionCode } from '../../api/client.ts'
import { promotionCodesQuery } from '../../api/promotion-codes.ts'
import { CopyableId } from '../../components/copyable-id.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { errorSentence } from '../../components/error-state.tsx'
import { TextLink } from '../../components/link-button.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Section } from '../../components/section.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import styles from './coupon.module.css'

const columns: Column<PromotionCode>[] = [
  { key: 'code', header: 'Code', cell: ({ code }) => <CopyableId id={code} what={`code ${code}`} /> },
  {
    key: 'redeemed',
    header: 'Redeemed',
    align: 'right',
    hiddenOn: 'phone',
    cell: (code) => <UsageBar used={code.times_redeemed} cap={code.max_redemptions} />,
  },
  {
    key: 'expires',
    header: 'Expires',
    hiddenOn: 'phone',
    cell: ({ expires_at: end }) => (end === null ? 'Never' : <RelativeTime at={end} />),
  },
  {
    key: 'status',
    header: 'Status',
    align: 'right',
    cell: ({ active }) => (
      <StatusBadge tone={active ? 'positive' : 'neutral'}>{active ? 'Active' : 'Not active'}</StatusBadge>
    ),
  },
]

/** The newest promotion codes of a coupon, and the way to all of them. */
export function CouponCodes({ accountId, coupon }: { accountId: string; coupon: Coupon }) {
  const { data, error } = useQuery(promotionCodesQuery(accountId, { coupon: coupon.id, limit: 5 }))
  const all = (
    <TextLink to="/$account/promotion-codes" params={{ account: accountId }} search={{ coupon: coupon.id }} size="sm">
      {data?.data.length === 0 ? 'Create promotion code' : 'All codes'}
    </TextLink>
  )
  return (
    <Section title="Promotion codes" actions={all}>
      {error && !data ? (
        <p className={styles.note}>{errorSentence(error)}</p>
      ) : data?.data.length === 0 ? (
        <p className={styles.note}>None yet. A promotion code is what customers type to get this coupon.</p>
      ) : (
        <DataTable
          label="Promotion codes"
          columns={columns}
          rows={data?.data}
          rowKey={({ id }) => id}
          skeletonRows={2}
          dense
        />
      )}
    </Section>
  )
}
