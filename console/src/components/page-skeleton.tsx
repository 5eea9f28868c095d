import { Skeleton } from '@mantine/core'

/** While a screen's code is on its way. */
export function PageSkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading" role="status">
      <Skeleton width={160} height={28} mb={20} />
      <Skeleton height={44} mb={8} />
      <Skeleton height={44} mb={8} />
      <Skeleton height={44} />
    </div>
  )
}
