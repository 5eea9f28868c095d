import { useQuery } from '@tanstack/react-query'
import type { ApiKey } from '../../api/client.ts'
import { useKeyName } from '../../api/key-names.ts'
import { keyOriginQuery } from '../../api/keys.ts'
import { useSession } from '../../api/session.ts'
import { CopyableId } from '../../components/copyable-id.tsx'
import { Field, Fields } from '../../components/fields.tsx'
import { TextLink } from '../../components/link-button.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { absoluteTime } from '../../lib/time.ts'
import { keyStatus, limitWords, scopeWords } from './key-words.ts'
import styles from './keys.module.css'

/** What a key is, may do and has done, in words. */
export function KeyFields({ apiKey }: { apiKey: ApiKey }) {
  const { tone, name, reason } = keyStatus(apiKey)
  const { key: own } = useSession()
  return (
    <Fields>
      <Field name="Status">
        <StatusBadge tone={tone}>{name}</StatusBadge> {reason}
        {own.id === apiKey.id && ' You are signed in with it.'}
      </Field>
      <Field name="May">
        <List items={scopeWords(apiKey)} />
      </Field>
      <Field name="Limits">
        <List items={limitWords(apiKey)} />
      </Field>
      <Field name="Last used">
        {apiKey.last_used_at === null ? 'Never' : <RelativeTime at={apiKey.last_used_at} />}
        <div>
          <TextLink to="/history" search={{ key: apiKey.id }}>
            What it did
          </TextLink>
        </div>
      </Field>
      <Field name="Expires">
        {apiKey.expires_at === null ? (
          'Never'
        ) : (
          <>
            {absoluteTime(apiKey.expires_at)} · <RelativeTime at={apiKey.expires_at} />
          </>
        )}
      </Field>
      <Field name="Created">
        {absoluteTime(apiKey.created)} · <RelativeTime at={apiKey.created} />
        {own.scopes.includes('events:read') && <Origin apiKey={apiKey} />}
      </Field>
      <Field name="Secret ends in">
        <code className={styles.hint}>{apiKey.hint}</code>
      </Field>
      <Field name="Id">
        <CopyableId id={apiKey.id} what="key’s id" />
      </Field>
    </Fields>
  )
}

/** By whom a key was made, as the history has it. */
function Origin({ apiKey }: { apiKey: ApiKey }) {
  const keyName = useKeyName()
  const { data: event } = useQuery(keyOriginQuery(apiKey.id))
  if (!event) return null
  const by = event.actor === 'operator' || event.key === null ? 'the operator' : (keyName(event.key) ?? event.key)
  return <div className={styles.quiet}>by {by}</div>
}

function List({ items }: { items: readonly string[] }) {
  if (items.length === 0) return <span className={styles.quiet}>None</span>
  return (
    <ul className={styles.list}>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  )
}
