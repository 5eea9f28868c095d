import { CloseButton } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Chip, ListToolbar } from '../../components/list-toolbar.tsx'
import { SearchField } from '../../components/search-field.tsx'

const route = getRouteApi('/frame/$account/promotion-codes')
const filters = [
  { name: 'All', active: undefined },
  { name: 'Active', active: 'true' },
  { name: 'Not active', active: 'false' },
]

/** A search for one code, a filter by whether it is active, and the coupon that the list is limited to. */
export function Toolbar({ code, coupon, active }: { code?: string; coupon?: string; active?: string }) {
  const navigate = route.useNavigate()
  return (
    <ListToolbar
      search={
        <SearchField
          label="Find a promotion code"
          placeholder="Find a code: SUMMER-2026"
          value={code}
          onSearch={(typed) =>
            void navigate({ search: (search) => ({ ...search, after: undefined, code: typed }), replace: true })
          }
        />
      }
      filters={filters.map((filter) => ({
        name: filter.name,
        isCurrent: filter.active === active,
        link: (props) => (
          <Link
            from="/$account/promotion-codes"
            to="."
            search={(search) => ({ ...search, after: undefined, active: filter.active })}
            {...props}
          />
        ),
      }))}
    >
      {coupon !== undefined && (
        <Chip>
          Of coupon <code>{coupon}</code>
          <CloseButton
            size="xs"
            aria-label="Show the codes of all coupons"
            onClick={() => void navigate({ search: (search) => ({ ...search, after: undefined, coupon: undefined }) })}
          />
        </Chip>
      )}
    </ListToolbar>
  )
}
