import { Page } from '../../components/page.tsx'

export default function CreateCouponScreen() {
  return <Page title="Create coupon">{null}</Page>
}
