import { Combobox, ScrollArea, useCombobox } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useRouterState } from '@tanstack/react-router'
import { Check, ChevronsUpDown } from 'lucide-react'
import { useState } from 'react'
import { accountsQuery } from '../api/accounts.ts'
import type { Account } from '../api/client.ts'
import styles from './account-switcher.module.css'

const more = ' more'

/** Which account one works on; another is found by name or id. */
export function AccountSwitcher({ accountId }: { accountId: string | undefined }) {
  const { data: accounts = [], hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery(accountsQuery)
  const [words, setWords] = useState('')
  const combobox = useCombobox({
    onDropdownOpen: () => combobox.focusSearchInput(),
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      combobox.focusTarget()
      setWords('')
    },
  })
  const open = useOpenAccount()
  const current = accounts.find(({ id }) => id === accountId)
  const found = accounts.filter((account) => matches(account, words))

  return (
    <Combobox
      store={combobox}
      width={304}
      position="bottom-start"
      onOptionSubmit={(value) => {
        if (value === more) void fetchNextPage()
        else {
          combobox.closeDropdown()
          open(value)
        }
      }}
    >
      <Combobox.Target targetType="button">
        <button
          type="button"
          className={styles.target}
          aria-label={`Account: ${current ? nameOf(current) : (accountId ?? 'none')}`}
          onClick={() => combobox.toggleDropdown()}
        >
          <span className={styles.current}>{current ? nameOf(current) : (accountId ?? 'No account')}</span>
          <ChevronsUpDown size={14} aria-hidden />
        </button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          aria-label="Find an account"
          placeholder="Find by name or id"
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value)
            combobox.selectFirstOption()
          }}
        />
        <Combobox.Options aria-label="Accounts">
          <ScrollArea.Autosize mah={304} type="auto">
            {found.map((account) => (
              <Combobox.Option key={account.id} value={account.id} active={account.id === accountId}>
                <span className={styles.option}>
                  <span className={styles.words}>
                    <span className={styles.name}>{nameOf(account)}</span>
                    <span className={styles.id}>
                      {account.id}
                      {account.charges_enabled ? '' : ' · not connected'}
                    </span>
                  </span>
                  {account.id === accountId && <Check size={16} aria-hidden />}
                </span>
              </Combobox.Option>
            ))}
            {hasNextPage && (
              <Combobox.Option value={more}>{isFetching ? 'Loading…' : 'Look through more accounts'}</Combobox.Option>
            )}
          </ScrollArea.Autosize>
          {found.length === 0 && !hasNextPage && <Combobox.Empty>No account has this in its name or id</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

function nameOf({ name, id }: Account): string {
  return name ?? id
}

function matches({ name, id }: Account, words: string): boolean {
  const wanted = words.trim().toLowerCase()
  return id.toLowerCase().includes(wanted) || (name ?? '').toLowerCase().includes(wanted)
}

/** Goes to another account: to the same list, where one is on a list, else to its overview. */
function useOpenAccount() {
  const navigate = useNavigate()
  const { account: _, ...others } = useParams({ strict: false })
  const routeId = useRouterState({ select: ({ matches: all }) => all.at(-1)?.routeId })
  return (account: string) => {
    const isList = Object.keys(others).length === 0 && routeId?.includes('$account')
    const to = isList ? routeId?.replace('/frame', '') : '/$account/overview'
    void navigate({ to: to ?? '/$account/overview', params: { account } })
  }
}
