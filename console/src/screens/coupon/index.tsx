import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { CopyPlus, TicketX } from 'lucide-react'
import { ApiError } from '../../api/client.ts'
import { couponQuery } from '../../api/coupons.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { LinkButton, TextLink } from '../../components/link-button.tsx'
import { Page } from '../../components/page.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { RawJson } from '../../components/raw-json.tsx'
import { discountWords, durationWords } from '../../lib/discount.ts'
import { CouponCodes } from './coupon-codes.tsx'
import { CouponFields } from './coupon-fields.tsx'
import { CouponHistory } from './coupon-history.tsx'
import { DeleteCoupon } from './delete-coupon.tsx'
import { NameInPlace } from './name-in-place.tsx'

const route = getRouteApi('/frame/$account/coupons/$couponId')

export default function CouponScreen() {
  const { account, couponId } = route.useParams()
  const { data: coupon, error, refetch } = useQuery(couponQuery(account, couponId))
  // A coupon that was read before and is gone now was deleted meanwhile: what is still known of it would mislead.
  if (error instanceof ApiError && error.code === 'not_found') return <Missing account={account} couponId={couponId} />
  if (error && !coupon) {
    return (
      <Page title={couponId}>
        <ErrorState title="The coupon could not be loaded" error={error} onRetry={() => void refetch()} />
      </Page>
    )
  }
  if (!coupon) return <PageSkeleton />

  return (
    <Page
      title={coupon.name}
      context="Coupons"
      heading={
        <>
          <TextLink to="/$account/coupons" params={{ account }} size="sm">
            Coupons
          </TextLink>
          <NameInPlace accountId={account} coupon={coupon} />
        </>
      }
      lead={`${discountWords(coupon)}, ${durationWords(coupon)}`}
      actions={
        <>
          <LinkButton
            variant="default"
            to="/$account/coupons/new"
            params={{ account }}
            search={{ like: coupon.id }}
            leftSection={<CopyPlus size={16} aria-hidden />}
          >
            Make one like this
          </LinkButton>
          <DeleteCoupon accountId={account} coupon={coupon} />
        </>
      }
    >
      <CouponFields coupon={coupon} />
      <CouponCodes accountId={account} coupon={coupon} />
      <CouponHistory accountId={account} couponId={coupon.id} />
      <RawJson value={coupon} />
    </Page>
  )
}

function Missing({ account, couponId }: { account: string; couponId: string }) {
  return (
    <Page title={couponId} context="Coupons">
      <EmptyState
        icon={TicketX}
        title="This coupon is not there"
        action={
          <LinkButton to="/$account/coupons" params={{ account }} variant="default">
            Go to the coupons
          </LinkButton>
        }
      >
        It was deleted, or this account never had it. Customers who redeemed it before keep their discount.
      </EmptyState>
      <CouponHistory accountId={account} couponId={couponId} />
    </Page>
  )
}
