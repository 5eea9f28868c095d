import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { SearchX } from 'lucide-react'
import type { Event } from '../../api/client.ts'
import { eventQuery, lookedThroughMax } from '../../api/events.ts'
import { useKeyName } from '../../api/key-names.ts'
import { CodeBlock } from '../../components/code-block.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { LinkButton, TextLink } from '../../components/link-button.tsx'
import { Page } from '../../components/page.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { RawJson } from '../../components/raw-json.tsx'
import { Section } from '../../components/section.tsx'
import { eventSentence, isOpen } from '../../lib/event-sentence.ts'
import { EventFields } from './event-fields.tsx'
import { prettyTerms } from './event-words.ts'
import { OpenEvent } from './open-event.tsx'

const route = getRouteApi('/frame/history/$eventId')

export default function EventScreen() {
  const { eventId } = route.useParams()
  const { request } = route.useSearch()
  const { data: event, error, refetch } = useQuery(eventQuery(eventId, request))
  if (event) return <OneEvent event={event} />
  if (event === null) return <Missing />
  if (!error) return <PageSkeleton />
  return (
    <Page title="Event" context="History">
      <ErrorState title="The event could not be loaded" error={error} onRetry={() => void refetch()} />
    </Page>
  )
}

function OneEvent({ event }: { event: Event }) {
  const keyName = useKeyName()
  return (
    <Page
      title={eventSentence(event, keyName)}
      context="History"
      lead={
        <TextLink to="/history" size="sm">
          History
        </TextLink>
      }
    >
      {isOpen(event) && <OpenEvent event={event} />}
      <EventFields event={event} />
      {event.terms !== null && (
        <Section title="What was asked for">
          <CodeBlock code={prettyTerms(event.terms)} label="what was asked for" />
        </Section>
      )}
      <RawJson value={event} />
    </Page>
  )
}

function Missing() {
  return (
    <Page title="Event" context="History">
      <EmptyState
        icon={SearchX}
        title="This event was not found"
        action={
          <LinkButton to="/history" variant="default">
            Search the history
          </LinkButton>
        }
      >
        {`It is not among those of its request, or the newest ${lookedThroughMax}. Search the history by the request’s id instead.`}
      </EmptyState>
    </Page>
  )
}
