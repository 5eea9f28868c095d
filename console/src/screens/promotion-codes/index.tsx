import { Page } from '../../components/page.tsx'

export default function PromotionCodesScreen() {
  return <Page title="Promotion codes">{null}</Page>
}
