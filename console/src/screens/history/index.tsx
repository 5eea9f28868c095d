import { Page } from '../../components/page.tsx'

export default function HistoryScreen() {
  return <Page title="History">{null}</Page>
}
