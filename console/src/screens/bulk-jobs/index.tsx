import { Page } from '../../components/page.tsx'

export default function BulkJobsScreen() {
  return <Page title="Bulk jobs">{null}</Page>
}
