import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus, SearchX, Tag } from 'lucide-react'
import type { PromotionCode } from '../../api/client.ts'
import { promotionCodesQuery } from '../../api/promotion-codes.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { LinkButton } from '../../components/link-button.tsx'
import { Page } from '../../components/page.tsx'
import { Pager } from '../../components/pager.tsx'
import { CodeDialog } from './code-dialog.tsx'
import { CodesTable } from './codes-table.tsx'
import { CreateCode } from './create-code.tsx'
import { Toolbar } from './toolbar.tsx'

const route = getRouteApi('/frame/$account/promotion-codes')
const pageSize = 25

export default function PromotionCodesScreen() {
  const { account } = route.useParams()
  const { code, coupon, active, after, open } = route.useSearch()
  const navigate = route.useNavigate()
  const [creating, dialog] = useDisclosure(false)
  const filter = {
    ...(code && { code }),
    ...(coupon && { coupon }),
    ...((active === 'true' || active === 'false') && { active: active === 'true' }),
  }
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...promotionCodesQuery(account, { limit: pageSize, ...filter, ...(after && { starting_after: after }) }),
    placeholderData: keepPreviousData,
  })
  const look = (id: string | undefined) => void navigate({ search: (search) => ({ ...search, open: id }) })
  const showMade = ({ id }: PromotionCode) => {
    dialog.close()
    look(id)
  }

  const create = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={dialog.open}>
      Create promotion code
    </Button>
  )
  const isEmpty = data?.data.length === 0 && !isPlaceholderData
  const isUnused = isEmpty && Object.keys(filter).length === 0 && after === undefined

  return (
    <Page title="Promotion codes" actions={isUnused ? undefined : create}>
      {isUnused ? (
        <EmptyState icon={Tag} title="No promotion codes yet" action={create}>
          A promotion code is what customers type to get a coupon. One coupon can have many, each with limits of its
          own.
        </EmptyState>
      ) : (
        <>
          <Toolbar code={code} coupon={coupon} active={active} />
          {error && !data ? (
            <ErrorState title="The codes could not be loaded" error={error} onRetry={() => void refetch()} />
          ) : isEmpty ? (
            <EmptyState
              icon={SearchX}
              title={after === undefined ? 'No promotion code fits' : 'Here the list ends'}
              action={
                <LinkButton from="/$account/promotion-codes" to="." search={{}} variant="default">
                  {after === undefined ? 'Show all codes' : 'First page'}
                </LinkButton>
              }
            >
              {code === undefined ? undefined : 'A code is found by its whole text; case does not count.'}
            </EmptyState>
          ) : (
            <>
              <CodesTable codes={data?.data} stale={isPlaceholderData} />
              {data && (
                <Pager after={after} next={data.next_cursor}>
                  {data.data.length === 1 ? '1 code' : `${data.data.length} codes`}
                </Pager>
              )}
            </>
          )}
        </>
      )}
      {creating && <CreateCode accountId={account} coupon={coupon} onClose={dialog.close} onMade={showMade} />}
      {open !== undefined && <CodeDialog accountId={account} id={open} onClose={() => look(undefined)} />}
    </Page>
  )
}
