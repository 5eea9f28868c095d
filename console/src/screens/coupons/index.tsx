import { Page } from '../../components/page.tsx'

export default function CouponsScreen() {
  return <Page title="Coupons">{null}</Page>
}
