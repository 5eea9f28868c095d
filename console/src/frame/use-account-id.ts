import { useInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { accountsQuery } from '../api/accounts.ts'
import { useSession } from '../api/session.ts'
import { remember, remembered } from '../lib/storage.ts'

/** The account that one is on: the URL's, else the agency's last one, else its first; undefined while that is not known. */
export function useAccountId(): string | undefined {
  const { account } = useParams({ strict: false })
  const { agency } = useSession()
  const last = remembered(`account.${agency.id}`)
  const { data, hasNextPage } = useInfiniteQuery(accountsQuery)
  useEffect(() => {
    if (account !== undefined) remember(`account.${agency.id}`, account)
  }, [account, agency.id])
  if (account !== undefined || !data) return account
  // It may be on a page that nobody has asked for.
  const isThere = hasNextPage || data.some(({ id }) => id === last)
  return last !== undefined && isThere ? last : data[0]?.id
}
