import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Plus, ShieldX } from 'lucide-react'
import { scopes } from '../../../../src/lib/scopes.ts'
import type { ApiKey } from '../../api/client.ts'
import { keysQuery } from '../../api/keys.ts'
import { useSession } from '../../api/session.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { Page } from '../../components/page.tsx'
import { Pager } from '../../components/pager.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { CreateKey } from './create-key.tsx'
import { keyStatus, limitWords, scopeWords } from './key-words.ts'
import styles from './keys.module.css'

const route = getRouteApi('/frame/keys')

export default function KeysScreen() {
  const { key } = useSession()
  return key.scopes.includes('keys:manage') ? <Keys /> : <NotAllowed />
}

export function NotAllowed() {
  return (
    <Page title="Keys">
      <EmptyState icon={ShieldX} title="Your key does not manage keys">
        It takes a key with the scope keys:manage, which the operator of the server gives to one key of your agency
        first.
      </EmptyState>
    </Page>
  )
}

function Keys() {
  const { after } = route.useSearch()
  const [creating, dialog] = useDisclosure(false)
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...keysQuery(after),
    placeholderData: keepPreviousData,
  })
  return (
    <Page
      title="Keys"
      lead="Each script or automation has a key of its own, with no more than it needs"
      actions={
        <Button leftSection={<Plus size={16} aria-hidden />} onClick={dialog.open}>
          Create key
        </Button>
      }
    >
      {error && !data ? (
        <ErrorState title="The keys could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <DataTable
            label="Keys"
            columns={columns}
            rows={data?.data}
            rowKey={({ id }) => id}
            stale={isPlaceholderData}
          />
          <Pager after={after} next={data?.next_cursor} />
        </>
      )}
      {creating && <CreateKey onClose={dialog.close} />}
    </Page>
  )
}

const columns: Column<ApiKey>[] = [
  {
    key: 'name',
    header: 'Key',
    cell: ({ id, name, hint }) => (
      <>
        <Link to="/keys/$keyId" params={{ keyId: id }} className={styles.name} data-row-link>
          {name}
        </Link>{' '}
        <code className={styles.hint}>…{hint}</code>
      </>
    ),
  },
  {
    key: 'may',
    header: 'May',
    hiddenOn: 'tablet',
    cell: (key) => (
      <span className={styles.clipped}>
        {key.scopes.length === scopes.length ? 'Everything' : scopeWords(key).join(', ')}
      </span>
    ),
  },
  {
    key: 'limits',
    header: 'Limits',
    hiddenOn: 'tablet',
    cell: (key) => <span className={styles.clipped}>{limitWords(key).join(', ') || 'None'}</span>,
  },
  {
    key: 'used',
    header: 'Last used',
    hiddenOn: 'phone',
    cell: ({ last_used_at: at }) => (at === null ? 'Never' : <RelativeTime at={at} />),
  },
  {
    key: 'expires',
    header: 'Expires',
    hiddenOn: 'phone',
    cell: ({ expires_at: at }) => (at === null ? 'Never' : <RelativeTime at={at} />),
  },
  {
    key: 'status',
    header: 'Status',
    align: 'right',
    cell: (key) => {
      const { tone, name, reason } = keyStatus(key)
      return (
        <StatusBadge tone={tone} reason={reason}>
          {name}
        </StatusBadge>
      )
    },
  },
]
