import type { Event } from '../../api/client.ts'
import { useKeyName } from '../../api/key-names.ts'
import { CopyableId } from '../../components/copyable-id.tsx'
import { Field, Fields } from '../../components/fields.tsx'
import { TextLink } from '../../components/link-button.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { absoluteTime } from '../../lib/time.ts'
import { keySourceWords, outcomeWords } from './event-words.ts'
import styles from './event-fields.module.css'

/** An event with its request and Stripe's ids. What it has not is left out. */
export function EventFields({ event }: { event: Event }) {
  return (
    <div className={styles.columns}>
      <Fields>
        <Field name="Outcome">
          {outcomeWords(event)}
          {event.message !== null && <div>{event.message}</div>}
          {event.code !== null && <code>{event.code}</code>}
        </Field>
        <Time name="Asked" at={event.created} />
        {event.ended !== null && <Time name="Answered" at={event.ended} />}
        {event.settled !== null && <Time name="Settled" at={event.settled} />}
        <Actor event={event} />
        {event.object_id !== null && (
          <Field name="Object">
            <CopyableId id={event.object_id} what="object’s id" />
            <ObjectLinks event={event} id={event.object_id} />
          </Field>
        )}
        {event.account !== null && (
          <Field name="Account">
            <CopyableId id={event.account} what="account’s id" />
          </Field>
        )}
      </Fields>
      <Fields>
        {event.request_id !== null && (
          <Field name="Request">
            <CopyableId id={event.request_id} what="request id" />
            <div>
              <TextLink to="/history" search={{ request: event.request_id }}>
                All events of this request
              </TextLink>
            </div>
          </Field>
        )}
        {event.stripe_request_id !== null && (
          <Field name="Stripe’s request">
            <CopyableId id={event.stripe_request_id} what="id of Stripe’s answer" />
          </Field>
        )}
        {event.idempotency_key !== null && (
          <Field name="Idempotency-Key">
            <CopyableId id={event.idempotency_key} what="Idempotency-Key" />
            <div className={styles.quiet}>{keySourceWords(event.idempotency_key_source)}</div>
          </Field>
        )}
        <Field name="Event">
          <CopyableId id={event.id} what="event’s id" />
        </Field>
        <Field name="Mode">{event.livemode ? 'Live' : 'Not live: no customer is charged'}</Field>
      </Fields>
    </div>
  )
}

function Time({ name, at }: { name: string; at: number }) {
  return (
    <Field name={name}>
      {absoluteTime(at)}
      <span className={styles.quiet}>
        {' · '}
        <RelativeTime at={at} />
      </span>
    </Field>
  )
}

function Actor({ event: { actor, key, address } }: { event: Event }) {
  const keyName = useKeyName()
  return (
    <Field name="By">
      {actor === 'operator' ? 'The operator' : actor === 'worker' ? 'A bulk job' : 'A key'}
      {key !== null && (
        <>
          {actor === 'worker' && ' of the key'}{' '}
          <TextLink to="/history" search={{ key }} underline="always">
            {keyName(key) ?? key}
          </TextLink>
        </>
      )}
      {address !== null && <div className={styles.quiet}>from {address}</div>}
    </Field>
  )
}

function ObjectLinks({ event: { account, type }, id }: { event: Event; id: string }) {
  return (
    <div className={styles.links}>
      {account !== null && type.startsWith('coupon.') && (
        <TextLink to="/$account/coupons/$couponId" params={{ account, couponId: id }}>
          Show the coupon
        </TextLink>
      )}
      {account !== null && type.startsWith('promotion_code.') && (
        <TextLink to="/$account/promotion-codes" params={{ account }} search={{ open: id }}>
          Show the code
        </TextLink>
      )}
      {type.startsWith('api_key.') && (
        <TextLink to="/keys/$keyId" params={{ keyId: id }}>
          Show the key
        </TextLink>
      )}
      <TextLink to="/history" search={{ object: id }}>
        All events of it
      </TextLink>
    </div>
  )
}
