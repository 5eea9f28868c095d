import { Alert, Button, PasswordInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { signInQuery, useSignIn } from '../../api/session.ts'
import { errorSentence } from '../../components/error-state.tsx'
import { useTitle } from '../../components/page.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import styles from './sign-in.module.css'

export function SignInForm() {
  useTitle('Sign in')
  const { to } = getRouteApi('/').useSearch()
  const [apiKey, setApiKey] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const signIn = useSignIn()
  const { data: options } = useQuery(signInQuery)
  const { demo, mode } = options ?? {}
  const enter = (key: string) => signIn.mutate(key, { onError: () => field.current?.focus() })

  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <div className={styles.brand}>
          <img src="/favicon.svg" width={28} height={28} alt="" />
          {mode !== undefined && mode !== 'live' && (
            <StatusBadge tone={mode === 'sandbox' ? 'warning' : 'neutral'}>{mode.toUpperCase()}</StatusBadge>
          )}
        </div>
        <h1 className={styles.title}>Sign in to ChatDash</h1>
        <p className={styles.lead}>See, make and hand out the coupons of your Stripe accounts.</p>
        {to !== undefined && !signIn.error && (
          <Alert color="accent" className={styles.alert} role="status">
            Sign in to go on where you were. A session lasts eight hours, and ends before when its key is revoked or
            expires.
          </Alert>
        )}
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault()
            enter(apiKey.trim())
          }}
        >
          <PasswordInput
            ref={field}
            label="API key"
            description="Begins with CD. and is found on your agency profile. It is exchanged for a session of eight hours, and not kept in this browser."
            placeholder="CD.…"
            required
            withAsterisk={false}
            autoComplete="off"
            spellCheck={false}
            value={apiKey}
            error={signIn.error && refusalOf(signIn.error)}
            onChange={(event) => {
              setApiKey(event.currentTarget.value)
              if (signIn.error) signIn.reset()
            }}
          />
          <Button type="submit" fullWidth loading={signIn.isPending}>
            Sign in
          </Button>
        </form>
        {demo && (
          <div className={styles.demo}>
            <p className={styles.lead}>This server runs on its sandbox, where nothing is real. Try it:</p>
            <Button variant="default" fullWidth onClick={() => enter(demo.api_key)}>
              Use the demo key
            </Button>
          </div>
        )}
      </div>
    </main>
  )
}

/** What a refused sign-in means to the person at the form; the server's sentence, where it is about them. */
function refusalOf(error: Error): string {
  const status = error instanceof ApiError ? error.status : 0
  if (status === 401) return 'This key does not work: it is mistyped, or was revoked or has expired.'
  if (status === 429) return 'Too many attempts. Wait a few seconds, then try again.'
  return errorSentence(error)
}
