import { Burger, Drawer } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useIsMutating, useSuspenseQuery } from '@tanstack/react-query'
import { Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { NewApiKey } from '../api/client.ts'
import { SessionContext, sessionQuery } from '../api/session.ts'
import { AccountSwitcher } from './account-switcher.tsx'
import styles from './frame.module.css'
import { Logo } from './logo.tsx'
import { ModeBadge } from './mode-badge.tsx'
import { Rail } from './rail.tsx'
import { SchemeToggle } from './scheme-toggle.tsx'
import { SecretDialog, ShowSecretContext } from './secret-dialog.tsx'
import { SessionMenu } from './session-menu.tsx'
import { Shortcuts } from './shortcuts.tsx'
import { useAccountId } from './use-account-id.ts'

/** What stands around every screen: the rail, which is a drawer on phones, and the header. */
export default function Frame() {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const [made, setMade] = useState<NewApiKey>()
  // A key that replaces the session's own may end it before its secret has come.
  const isWriting = useIsMutating() > 0
  return (
    <ShowSecretContext value={setMade}>
      {session ? (
        <SessionContext value={session}>
          <SignedIn key={`${session.agency.id} ${session.key.id}`} isFrozen={session.key.frozen_by !== null} />
        </SessionContext>
      ) : (
        !made && !isWriting && <SessionOver />
      )}
      {made && <SecretDialog made={made} onClose={() => setMade(undefined)} />}
    </ShowSecretContext>
  )
}

/** To sign-in, which leads back to here. */
function SessionOver() {
  const router = useRouter()
  useEffect(() => {
    void router.navigate({ to: '/', search: { to: router.state.location.href } })
  }, [router])
  return null
}

function SignedIn({ isFrozen }: { isFrozen: boolean }) {
  const [drawerOpened, drawer] = useDisclosure(false)
  const { pathname } = useLocation()
  const accountId = useAccountId()
  useEffect(drawer.close, [pathname, drawer.close])

  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <nav className={styles.rail} aria-label="Main">
        <Logo />
        <Rail accountId={accountId} />
      </nav>
      <header className={styles.header}>
        <Burger className={styles.burger} opened={drawerOpened} onClick={drawer.toggle} size="sm" aria-label="Menu" />
        <AccountSwitcher accountId={accountId} />
        <ModeBadge />
        <div className={styles.gap} />
        <Shortcuts accountId={accountId} />
        <SchemeToggle />
        <SessionMenu />
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        {isFrozen && (
          <p className={styles.notice}>Your key is frozen: you can look at everything, and change nothing.</p>
        )}
        <Outlet />
      </main>
      <Drawer
        opened={drawerOpened}
        onClose={drawer.close}
        size={240}
        title={<Logo />}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <nav aria-label="Main">
          <Rail accountId={accountId} />
        </nav>
      </Drawer>
    </div>
  )
}
