import { Page } from '../../components/page.tsx'

export default function BulkJobScreen() {
  return <Page title="Bulk job">{null}</Page>
}
