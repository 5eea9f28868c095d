import { CloseButton } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { SearchField } from '../../components/search-field.tsx'
import styles from './toolbar.module.css'

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
    <div className={styles.toolbar} role="search">
      <div className={styles.search}>
        <SearchField
          label="Find a promotion code"
          placeholder="Find a code: SUMMER-2026"
          value={code}
          onSearch={(typed) =>
            void navigate({ search: (search) => ({ ...search, after: undefined, code: typed }), replace: true })
          }
        />
      </div>
      <ul className={styles.filters} aria-label="Status">
        {filters.map((filter) => (
          <li key={filter.name}>
            <Link
              from="/$account/promotion-codes"
              to="."
              search={(search) => ({ ...search, after: undefined, active: filter.active })}
              className={styles.filter}
              data-current={filter.active === active}
            >
              {filter.name}
            </Link>
          </li>
        ))}
      </ul>
      {coupon !== undefined && (
        <span className={styles.chip}>
          Of coupon <code>{coupon}</code>
          <CloseButton
            size="xs"
            aria-label="Show the codes of all coupons"
            onClick={() => void navigate({ search: (search) => ({ ...search, after: undefined, coupon: undefined }) })}
          />
        </span>
      )}
    </div>
  )
}
