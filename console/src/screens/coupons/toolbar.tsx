import { getRouteApi, Link } from '@tanstack/react-router'
import { ListToolbar } from '../../components/list-toolbar.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { type CouponStatus, statusNames } from '../../lib/coupon-status.ts'

const route = getRouteApi('/frame/$account/coupons')
const filters = [undefined, 'valid', 'used_up', 'expired'] as const

export function Toolbar({ query, status }: { query: string | undefined; status: CouponStatus | undefined }) {
  const navigate = route.useNavigate()
  return (
    <ListToolbar
      search={
        <SearchField
          label="Search coupons"
          placeholder="Search by name or id"
          value={query}
          onSearch={(words) =>
            void navigate({ search: (search) => ({ ...search, query: words, after: undefined }), replace: true })
          }
        />
      }
      filters={filters.map((filter) => ({
        name: filter ? statusNames[filter] : 'All',
        isCurrent: filter === status,
        link: (props) => (
          <Link
            from="/$account/coupons"
            to="."
            search={(search) => ({ ...search, status: filter, after: undefined })}
            {...props}
          />
        ),
      }))}
    />
  )
}
