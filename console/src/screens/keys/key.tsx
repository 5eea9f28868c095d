import { Page } from '../../components/page.tsx'

export default function KeyScreen() {
  return <Page title="Key">{null}</Page>
}
