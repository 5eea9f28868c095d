import { Page } from '../../components/page.tsx'

export default function KeysScreen() {
  return <Page title="Keys">{null}</Page>
}
