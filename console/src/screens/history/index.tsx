import { Skeleton } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { History, SearchX, ShieldX } from 'lucide-react'
import { eventsQuery } from '../../api/events.ts'
import { useSession } from '../../api/session.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { EventList } from '../../components/event-list.tsx'
import { LinkButton } from '../../components/link-button.tsx'
import { Page } from '../../components/page.tsx'
import { Pager } from '../../components/pager.tsx'
import { filterOf } from './filter.ts'
import { HistoryFilters } from './history-filters.tsx'

const route = getRouteApi('/frame/history')
const pageSize = 50

export default function HistoryScreen() {
  const { key } = useSession()
  return key.scopes.includes('events:read') ? (
    <Events />
  ) : (
    <Page title="History">
      <EmptyState icon={ShieldX} title="Your key does not read the history">
        It takes a key with the scope events:read. Whoever manages your agency’s keys can give it to this one.
      </EmptyState>
    </Page>
  )
}

function Events() {
  const search = route.useSearch()
  const { request, after } = search
  const filter = filterOf(search)
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...eventsQuery({ limit: pageSize, ...filter, ...(after && { starting_after: after }) }),
    placeholderData: keepPreviousData,
  })
  const isEmpty = data?.data.length === 0 && !isPlaceholderData
  const isUnused = isEmpty && Object.keys(filter).length === 0 && after === undefined

  return (
    <Page title="History" lead="What your agency’s keys, its bulk jobs and the operator did, newest first">
      <HistoryFilters search={search} />
      {error && !data ? (
        <ErrorState title="The history could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        Array.from({ length: 8 }, (_, index) => <Skeleton key={index} height={12} my={32} w={`${50 + index * 5}%`} />)
      ) : isUnused ? (
        <EmptyState icon={History} title="Nothing was done yet">
          Every coupon and code that is made or changed through this server appears here, and requests that were wrong.
        </EmptyState>
      ) : isEmpty ? (
        <EmptyState
          icon={SearchX}
          title={request === undefined ? 'No event fits' : 'This request changed nothing'}
          action={
            <LinkButton from="/history" to="." search={{}} variant="default">
              Show the whole history
            </LinkButton>
          }
        >
          {request === undefined
            ? undefined
            : 'Reads leave no event, and neither does one that the key may not make, that a limit refused or that never reached the server. Check the id: it is in the answer’s Request-Id header.'}
        </EmptyState>
      ) : (
        <>
          <EventList events={data.data} />
          <Pager after={after} next={data.next_cursor} />
        </>
      )}
    </Page>
  )
}
