import { Select, TextInput } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useAllAccounts } from '../../api/accounts.ts'
import { useKeyNames } from '../../api/key-names.ts'
import { SearchField } from '../../components/search-field.tsx'
import styles from './history-filters.module.css'
import type { historySearch } from './search.ts'

const route = getRouteApi('/frame/history')
type Search = ReturnType<typeof historySearch>

/** What the history is limited to; all of it stands in the URL. */
export function HistoryFilters({ search }: { search: Search }) {
  const navigate = route.useNavigate()
  const { accounts, loadAll } = useAllAccounts()
  const keys = useKeyNames()
  const set = (changes: Search) =>
    void navigate({ search: (now) => ({ ...now, after: undefined, ...changes }), replace: true })
  // Requests have ids of their own; whatever else somebody pastes is a thing.
  const find = (typed: string | undefined) =>
    set(typed?.startsWith('req_') ? { request: typed, object: undefined } : { request: undefined, object: typed })

  return (
    <div className={styles.filters} role="search">
      <div className={styles.search}>
        <SearchField
          label="What happened to this request, coupon, code or key?"
          placeholder="What happened to req_… or SUMMER20?"
          value={search.request ?? search.object}
          onSearch={find}
        />
      </div>
      <Select
        aria-label="Account"
        placeholder="All accounts"
        className={styles.select}
        clearable
        searchable
        data={options(
          accounts.map(({ id, name }) => ({ value: id, label: name ?? id })),
          search.account,
        )}
        value={search.account ?? null}
        onDropdownOpen={loadAll}
        clearButtonProps={{ 'aria-label': 'All accounts' }}
        onChange={(account) => set({ account: account ?? undefined })}
      />
      <Select
        aria-label="Key"
        placeholder="All keys"
        className={styles.select}
        clearable
        searchable
        data={options(
          [...keys].map(([id, name]) => ({ value: id, label: name })),
          search.key,
        )}
        value={search.key ?? null}
        clearButtonProps={{ 'aria-label': 'All keys' }}
        onChange={(key) => set({ key: key ?? undefined })}
      />
      <TextInput
        aria-label="Since"
        type="date"
        className={styles.date}
        value={search.since ?? ''}
        onChange={(event) => set({ since: event.currentTarget.value || undefined })}
      />
      <Link
        from="/history"
        to="."
        search={(now) => ({ ...now, after: undefined, open: now.open === undefined ? 'yes' : undefined })}
        className={styles.toggle}
        data-current={search.open !== undefined}
      >
        Not known yet, last 7 days
      </Link>
    </div>
  )
}

type Option = { value: string; label: string }

/** The options with what the URL names, which may be none of them. */
function options(known: readonly Option[], value: string | undefined): Option[] {
  const isKnown = value === undefined || known.some((option) => option.value === value)
  return isKnown ? [...known] : [...known, { value, label: value }]
}
