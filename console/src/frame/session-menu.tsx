import { Menu, UnstyledButton } from '@mantine/core'
import { CircleUserRound, LogOut } from 'lucide-react'
import { useSession, useSignOut } from '../api/session.ts'
import styles from './session-menu.module.css'

/** Who is signed in, and the way out. */
export function SessionMenu() {
  const { agency, key } = useSession()
  const signOut = useSignOut()
  // A new page, so that nothing of this session stays in memory.
  const leave = () => signOut.mutate(undefined, { onSuccess: () => window.location.assign('/console/') })
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className={styles.target} aria-label={`Signed in as ${agency.name}`}>
          <CircleUserRound size={16} aria-hidden />
          <span className={styles.short}>{agency.name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <div className={styles.agency}>{agency.name}</div>
          <div className={styles.key}>
            Key “{key.name}”, ends in {key.hint}
          </div>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={leave}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
