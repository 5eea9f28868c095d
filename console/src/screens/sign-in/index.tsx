import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { sessionQuery } from '../../api/session.ts'
import { Home } from './home.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** The door: the form, and for who is signed in the way to where they were. */
export default function SignInScreen() {
  const { to } = getRouteApi('/').useSearch()
  const { data: session } = useSuspenseQuery(sessionQuery)
  if (!session) return <SignInForm />
  return to?.startsWith('/') && !to.startsWith('//') ? <Navigate to={to} replace /> : <Home />
}
