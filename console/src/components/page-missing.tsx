import { SearchX } from 'lucide-react'
import { EmptyState } from './empty-state.tsx'
import { LinkButton } from './link-button.tsx'
import { useTitle } from './page.tsx'

/** In place of a screen that does not exist. */
export function PageMissing() {
  useTitle('Not found')
  return (
    <EmptyState
      icon={SearchX}
      title="There is no such page"
      action={
        <LinkButton to="/" variant="default">
          Go to the overview
        </LinkButton>
      }
    >
      The link may be incomplete, or what it led to was moved.
    </EmptyState>
  )
}
