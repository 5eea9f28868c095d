import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { PageSkeleton } from '../../components/page-skeleton.tsx'

/** To the screen where a session ended. Anybody can write the link, so it leads nowhere but into the console. */
export function GoBack({ to }: { to: string }) {
  const router = useRouter()
  useEffect(() => {
    const isPath = /^\/(?![/\\])/.test(to)
    const { pathname, search } = new URL(isPath ? `/console${to}` : '/console/', window.location.origin)
    const isScreen = pathname.startsWith('/console/') && pathname !== '/console/'
    router.history.replace(isScreen ? pathname + search : '/console/')
  }, [router, to])
  return <PageSkeleton />
}
