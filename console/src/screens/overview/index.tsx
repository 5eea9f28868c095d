import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus, TicketPercent } from 'lucide-react'
import { newestCouponsQuery } from '../../api/coupons.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { LinkButton } from '../../components/link-button.tsx'
import { Page } from '../../components/page.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import { CouponList } from './coupon-list.tsx'
import { MostRedeemed } from './most-redeemed.tsx'
import styles from './overview.module.css'
import { summarize } from './summary.ts'
import { Totals } from './totals.tsx'

const route = getRouteApi('/frame/$account/overview')

export default function OverviewScreen() {
  const { account } = route.useParams()
  const { data, error, refetch } = useQuery(newestCouponsQuery(account))
  const isUnused = data?.coupons.length === 0
  const create = (
    <LinkButton to="/$account/coupons/new" params={{ account }} leftSection={<Plus size={16} aria-hidden />}>
      Create coupon
    </LinkButton>
  )
  return (
    <Page
      title="Overview"
      lead={data?.hasMore ? `Of the ${data.coupons.length} newest coupons` : undefined}
      actions={isUnused ? undefined : create}
    >
      {error && !data ? (
        <ErrorState title="Stripe’s answer is missing" error={error} onRetry={() => void refetch()} />
      ) : isUnused ? (
        <EmptyState icon={TicketPercent} title="No coupons yet" action={create}>
          Once this account has coupons, this page tells which of them are used, run out or expire.
        </EmptyState>
      ) : data ? (
        <Loaded accountId={account} summary={summarize(data.coupons)} />
      ) : (
        <Loading />
      )}
    </Page>
  )
}

function Loaded({ accountId, summary }: { accountId: string; summary: ReturnType<typeof summarize> }) {
  return (
    <>
      <Totals accountId={accountId} summary={summary} />
      <div className={styles.columns}>
        <CouponList
          title="Expiring this week"
          none="Nothing expires within seven days."
          accountId={accountId}
          coupons={summary.expiring}
          aside={({ redeem_by: end }) => end !== null && <RelativeTime at={end} />}
        />
        <CouponList
          title="Nearly used up"
          none="No coupon has used four fifths of its redemptions."
          accountId={accountId}
          coupons={summary.nearlyUsedUp}
          aside={(coupon) => <UsageBar used={coupon.times_redeemed} cap={coupon.max_redemptions} />}
        />
        <MostRedeemed accountId={accountId} coupons={summary.mostRedeemed} />
        <CouponList
          title="Newest"
          none=""
          accountId={accountId}
          coupons={summary.newest}
          aside={({ created }) => <RelativeTime at={created} />}
        />
        {summary.usedUp.length > 0 && (
          <CouponList
            title="Switched off by redemptions"
            none=""
            accountId={accountId}
            coupons={summary.usedUp}
            aside={(coupon) => <UsageBar used={coupon.times_redeemed} cap={coupon.max_redemptions} />}
          />
        )}
      </div>
    </>
  )
}

function Loading() {
  return (
    <div role="status" aria-label="Loading" aria-busy="true">
      <Skeleton height={88} mb={32} />
      <div className={styles.columns}>
        <Skeleton height={224} />
        <Skeleton height={224} />
      </div>
    </div>
  )
}
