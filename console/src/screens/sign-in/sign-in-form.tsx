import { Button, PasswordInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { signInQuery, useSignIn } from '../../api/session.ts'
import { useTitle } from '../../components/page.tsx'

export function SignInForm() {
  useTitle('Sign in')
  const [apiKey, setApiKey] = useState('')
  const signIn = useSignIn()
  const { data: options } = useQuery(signInQuery)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        signIn.mutate(apiKey)
      }}
    >
      <PasswordInput
        label="API key"
        value={apiKey}
        onChange={(event) => setApiKey(event.currentTarget.value)}
        error={signIn.error?.message}
      />
      <Button type="submit">Sign in</Button>
      {options?.demo && <Button onClick={() => signIn.mutate(options.demo?.api_key ?? '')}>Use the demo key</Button>}
    </form>
  )
}
