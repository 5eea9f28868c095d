import { Link } from '@tanstack/react-router'
import type { Event } from '../api/client.ts'
import { useKeyName } from '../api/key-names.ts'
import { cannotBeTold, eventSentence, isOpen } from '../lib/event-sentence.ts'
import styles from './event-list.module.css'
import { RelativeTime } from './relative-time.tsx'
import { StatusBadge } from './status-badge.tsx'

/** Events in sentences, newest first; each leads to its page. */
export function EventList({ events }: { events: readonly Event[] }) {
  const keyName = useKeyName()
  return (
    <ol className={styles.list}>
      {events.map((event) => (
        <li key={event.id} className={styles.event}>
          <Link
            to="/history/$eventId"
            params={{ eventId: event.id }}
            search={{ request: event.request_id ?? undefined }}
            className={styles.sentence}
          >
            {eventSentence(event, keyName)}
          </Link>
          {isOpen(event) && (
            <StatusBadge tone="warning">{cannotBeTold(event) ? 'Cannot be told' : 'Not known yet'}</StatusBadge>
          )}
          {event.outcome === 'not_applied' && <StatusBadge tone="negative">Refused</StatusBadge>}
          <span className={styles.time}>
            <RelativeTime at={event.created} />
          </span>
        </li>
      ))}
    </ol>
  )
}
