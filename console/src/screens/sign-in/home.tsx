import { useInfiniteQuery } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { accountsQuery } from '../../api/accounts.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { useAccountId } from '../../frame/use-account-id.ts'

/** To the overview of the account that one was on last. */
export function Home() {
  const accountId = useAccountId()
  const { isPending, error, refetch } = useInfiniteQuery(accountsQuery)
  if (accountId !== undefined) return <Navigate to="/$account/overview" params={{ account: accountId }} replace />
  if (isPending) return <PageSkeleton />
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <EmptyState title="No account is connected yet">
      Whoever runs this server connects your Stripe accounts to your agency. They appear here at once.
    </EmptyState>
  )
}
