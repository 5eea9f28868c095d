import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { SessionContext, sessionQuery } from '../../api/session.ts'
import { GoBack } from './go-back.tsx'
import { Home } from './home.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** The door: the form, and for who is signed in the way to where they were. */
export default function SignInScreen() {
  const { to } = getRouteApi('/').useSearch()
  const { data: session } = useSuspenseQuery(sessionQuery)
  if (!session) return <SignInForm />
  if (to !== undefined) return <GoBack to={to} />
  return (
    <SessionContext value={session}>
      <Home />
    </SessionContext>
  )
}
