import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { eventsQuery } from '../../api/events.ts'
import { errorSentence } from '../../components/error-state.tsx'
import { EventList } from '../../components/event-list.tsx'
import { TextLink } from '../../components/link-button.tsx'
import { Section } from '../../components/section.tsx'
import styles from './coupon.module.css'

/** What was done with a coupon, from the journal. */
export function CouponHistory({ accountId, couponId }: { accountId: string; couponId: string }) {
  const { data, error } = useQuery(eventsQuery({ account: accountId, object: couponId, limit: 10 }))
  const all = data?.has_more && (
    <TextLink to="/history" search={{ account: accountId, object: couponId }} size="sm">
      All events
    </TextLink>
  )
  return (
    <Section title="History" actions={all}>
      {error && !data ? (
        <p className={styles.note}>{errorSentence(error)}</p>
      ) : !data ? (
        <Skeleton height={12} width={240} my={16} />
      ) : data.data.length === 0 ? (
        <p className={styles.note}>Nothing was done with it through this server.</p>
      ) : (
        <EventList events={data.data} />
      )}
    </Section>
  )
}
