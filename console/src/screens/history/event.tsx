import { Page } from '../../components/page.tsx'

export default function EventScreen() {
  return <Page title="Event">{null}</Page>
}
