import { Link, linkOptions } from '@tanstack/react-router'
import { Blocks, History, House, KeyRound, type LucideIcon, Tag, TicketPercent } from 'lucide-react'
import styles from './rail.module.css'

const ofAccount = (account: string) => [
  { name: 'Overview', icon: House, link: linkOptions({ to: '/$account/overview', params: { account } }) },
  { name: 'Coupons', icon: TicketPercent, link: linkOptions({ to: '/$account/coupons', params: { account } }) },
  { name: 'Promotion codes', icon: Tag, link: linkOptions({ to: '/$account/promotion-codes', params: { account } }) },
  { name: 'Bulk jobs', icon: Blocks, link: linkOptions({ to: '/$account/bulk-jobs', params: { account } }) },
]
const ofAgency = [
  { name: 'History', icon: History, link: linkOptions({ to: '/history' }) },
  { name: 'Keys', icon: KeyRound, link: linkOptions({ to: '/keys' }) },
]
type Entry = {
  name: string
  icon: LucideIcon
  link: ReturnType<typeof ofAccount>[number]['link'] | (typeof ofAgency)[number]['link']
}

/** Where one can go: what belongs to the account, and below it what belongs to the agency. */
export function Rail({ accountId }: { accountId: string | undefined }) {
  return (
    <>
      {accountId !== undefined && <RailList entries={ofAccount(accountId)} />}
      <RailList entries={ofAgency} />
    </>
  )
}

function RailList({ entries }: { entries: readonly Entry[] }) {
  return (
    <ul className={styles.list}>
      {entries.map(({ name, icon: Icon, link }) => (
        <li key={name}>
          <Link {...link} className={styles.link} activeOptions={{ includeSearch: false }}>
            <Icon size={16} aria-hidden />
            {name}
          </Link>
        </li>
      ))}
    </ul>
  )
}
