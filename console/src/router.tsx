import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  parseSearchWith,
  redirect,
  stringifySearchWith,
} from '@tanstack/react-router'
import { createQueryClient } from './api/query-client.ts'
import { sessionQuery } from './api/session.ts'
import { PageError } from './components/page-error.tsx'
import { PageMissing } from './components/page-missing.tsx'
import { PageSkeleton } from './components/page-skeleton.tsx'
import { bulkJobsSearch } from './screens/bulk-jobs/search.ts'
import { couponCreateSearch } from './screens/coupon-create/search.ts'
import { couponsSearch } from './screens/coupons/search.ts'
import { eventSearch, historySearch } from './screens/history/search.ts'
import { keysSearch } from './screens/keys/search.ts'
import { promotionCodesSearch } from './screens/promotion-codes/search.ts'
import { signInSearch } from './screens/sign-in/search.ts'

/** Where the server no longer takes the session, the frame leads to sign-in. */
export const queries = createQueryClient(() => queries.setQueryData(sessionQuery.queryKey, null))

const root = createRootRouteWithContext()({ component: Outlet })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('./screens/sign-in/index.tsx')),
})

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  beforeLoad: async ({ location }) => {
    const session = await queries.ensureQueryData(sessionQuery)
    if (!session) throw redirect({ to: '/', search: { to: location.href } })
  },
  component: lazyRouteComponent(() => import('./frame/frame.tsx')),
})

const overview = createRoute({
  getParentRoute: () => frame,
  path: '/$account/overview',
  component: lazyRouteComponent(() => import('./screens/overview/index.tsx')),
})

const coupons = createRoute({
  getParentRoute: () => frame,
  path: '/$account/coupons',
  validateSearch: couponsSearch,
  component: lazyRouteComponent(() => import('./screens/coupons/index.tsx')),
})

const couponCreate = createRoute({
  getParentRoute: () => frame,
  path: '/$account/coupons/new',
  validateSearch: couponCreateSearch,
  component: lazyRouteComponent(() => import('./screens/coupon-create/index.tsx')),
})

const coupon = createRoute({
  getParentRoute: () => frame,
  path: '/$account/coupons/$couponId',
  component: lazyRouteComponent(() => import('./screens/coupon/index.tsx')),
})

const promotionCodes = createRoute({
  getParentRoute: () => frame,
  path: '/$account/promotion-codes',
  validateSearch: promotionCodesSearch,
  component: lazyRouteComponent(() => import('./screens/promotion-codes/index.tsx')),
})

const bulkJobs = createRoute({
  getParentRoute: () => frame,
  path: '/$account/bulk-jobs',
  validateSearch: bulkJobsSearch,
  component: lazyRouteComponent(() => import('./screens/bulk-jobs/index.tsx')),
})

const bulkJob = createRoute({
  getParentRoute: () => frame,
  path: '/$account/bulk-jobs/$jobId',
  validateSearch: bulkJobsSearch,
  component: lazyRouteComponent(() => import('./screens/bulk-jobs/job.tsx')),
})

const history = createRoute({
  getParentRoute: () => frame,
  path: '/history',
  validateSearch: historySearch,
  component: lazyRouteComponent(() => import('./screens/history/index.tsx')),
})

const historyEvent = createRoute({
  getParentRoute: () => frame,
  path: '/history/$eventId',
  validateSearch: eventSearch,
  component: lazyRouteComponent(() => import('./screens/history/event.tsx')),
})

const keys = createRoute({
  getParentRoute: () => frame,
  path: '/keys',
  validateSearch: keysSearch,
  component: lazyRouteComponent(() => import('./screens/keys/index.tsx')),
})

const key = createRoute({
  getParentRoute: () => frame,
  path: '/keys/$keyId',
  component: lazyRouteComponent(() => import('./screens/keys/key.tsx')),
})

export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren([
    signIn,
    frame.addChildren([
      overview,
      couponCreate,
      coupon,
      coupons,
      promotionCodes,
      bulkJob,
      bulkJobs,
      historyEvent,
      history,
      key,
      keys,
    ]),
  ]),
  // Plain text, so that a link reads `?query=summer&after=…`; the routes read it with validateSearch.
  parseSearch: parseSearchWith((value) => value),
  stringifySearch: stringifySearchWith(String),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: PageMissing,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
