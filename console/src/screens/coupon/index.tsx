import { Page } from '../../components/page.tsx'

export default function CouponScreen() {
  return <Page title="Coupon">{null}</Page>
}
