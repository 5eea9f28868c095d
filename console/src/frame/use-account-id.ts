import { useInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { accountsQuery } from '../api/accounts.ts'
import { remember, remembered } from '../lib/storage.ts'

/** The account that one is on: the URL's, else the last one, else the first; undefined while that is not known. */
export function useAccountId(): string | undefined {
  const { account } = useParams({ strict: false })
  const last = remembered('account')
  const { data } = useInfiniteQuery(accountsQuery)
  useEffect(() => {
    if (account !== undefined) remember('account', account)
  }, [account])
  if (account !== undefined) return account
  return data?.find(({ id }) => id === last)?.id ?? data?.[0]?.id
}
