import { getRouteApi, Link } from '@tanstack/react-router'
import { SearchField } from '../../components/search-field.tsx'
import { type CouponStatus, statusNames } from '../../lib/coupon-status.ts'
import styles from './toolbar.module.css'

const route = getRouteApi('/frame/$account/coupons')
const filters = [undefined, 'valid', 'used_up', 'expired'] as const

export function Toolbar({ query, status }: { query: string | undefined; status: CouponStatus | undefined }) {
  const navigate = route.useNavigate()
  return (
    <div className={styles.toolbar} role="search">
      <div className={styles.search}>
        <SearchField
          label="Search coupons"
          placeholder="Search by name or id"
          value={query}
          onSearch={(words) =>
            void navigate({ search: (search) => ({ ...search, query: words, after: undefined }), replace: true })
          }
        />
      </div>
      <ul className={styles.filters} aria-label="Status">
        {filters.map((filter) => (
          <li key={filter ?? 'all'}>
            <Link
              from="/$account/coupons"
              to="."
              search={(search) => ({ ...search, status: filter, after: undefined })}
              className={styles.filter}
              data-current={filter === status}
            >
              {filter ? statusNames[filter] : 'All'}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}
