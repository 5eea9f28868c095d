import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus, SearchX, TicketPercent } from 'lucide-react'
import { couponsQuery } from '../../api/coupons.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { LinkButton } from '../../components/link-button.tsx'
import { Page } from '../../components/page.tsx'
import { Pager } from '../../components/pager.tsx'
import { couponStatuses } from '../../lib/coupon-status.ts'
import { CouponsTable } from './coupons-table.tsx'
import { sortOf, sorted } from './sort.ts'
import { Toolbar } from './toolbar.tsx'

const route = getRouteApi('/frame/$account/coupons')

export default function CouponsScreen() {
  const { account } = route.useParams()
  const search = route.useSearch()
  const { query, after } = search
  const status = couponStatuses.find((known) => known === search.status)
  const sort = sortOf(search.sort)
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...couponsQuery(account, { query, status, after }),
    placeholderData: keepPreviousData,
  })
  const isFiltered = query !== undefined || status !== undefined

  const create = (
    <LinkButton to="/$account/coupons/new" params={{ account }} leftSection={<Plus size={16} aria-hidden />}>
      Create coupon
    </LinkButton>
  )
  const isUnused = data?.coupons.length === 0 && !isFiltered && after === undefined

  return (
    <Page title="Coupons" actions={isUnused ? undefined : create}>
      {isUnused ? (
        <EmptyState icon={TicketPercent} title="No coupons yet" action={create}>
          A coupon is a discount on this account: a percentage or an amount, once or for longer. Customers get it
          through promotion codes or from your own checkout.
        </EmptyState>
      ) : (
        <>
          <Toolbar query={query} status={status} />
          {error && !data ? (
            <ErrorState title="The coupons could not be loaded" error={error} onRetry={() => void refetch()} />
          ) : data?.coupons.length === 0 ? (
            <Nothing searched={data.searched} next={data.next} isFiltered={isFiltered} />
          ) : (
            <CouponsTable
              accountId={account}
              coupons={data && sorted(data.coupons, sort)}
              sort={sort}
              stale={isPlaceholderData}
            />
          )}
          {data && data.coupons.length > 0 && (
            <Pager after={after} next={data.next}>
              {footer(
                data.coupons.length,
                data.searched,
                sort !== undefined && (data.next !== null || after !== undefined),
              )}
            </Pager>
          )}
        </>
      )}
    </Page>
  )
}

function footer(shown: number, searched: number | undefined, isSortedPage: boolean): string {
  const count = `${shown} ${shown === 1 ? 'coupon' : 'coupons'}`
  const found = searched === undefined ? count : `${count} among ${searched} looked through`
  return isSortedPage ? `${found}, sorted within this page` : found
}

/** Nothing fits: so far, or at all. */
function Nothing({
  searched,
  next,
  isFiltered,
}: {
  searched: number | undefined
  next: string | null
  isFiltered: boolean
}) {
  if (next !== null) {
    return (
      <EmptyState
        icon={SearchX}
        title="Nothing found so far"
        action={
          <LinkButton from="/$account/coupons" to="." search={(search) => ({ ...search, after: next })}>
            Go on searching
          </LinkButton>
        }
      >
        {`None of the ${searched ?? 0} newest coupons fits. There are more.`}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={SearchX}
      title={isFiltered ? 'No coupon fits' : 'Here the list ends'}
      action={
        <LinkButton from="/$account/coupons" to="." search={{}} variant="default">
          {isFiltered ? 'Clear the search' : 'First page'}
        </LinkButton>
      }
    >
      {isFiltered ? 'A search looks for its words in the name and the id.' : undefined}
    </EmptyState>
  )
}
