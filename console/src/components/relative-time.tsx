import { Tooltip } from '@mantine/core'
import { absoluteTime, relativeTime, utcTime } from '../lib/time.ts'

/** A moment in Unix seconds as seen from now; its date shows on hover and focus. */
export function RelativeTime({ at }: { at: number }) {
  return (
    <Tooltip label={`${absoluteTime(at)} (${utcTime(at)})`}>
      <time
        dateTime={new Date(at * 1000).toISOString()}
        tabIndex={0}
        style={{ position: 'relative', whiteSpace: 'nowrap' }}
      >
        {relativeTime(at)}
      </time>
    </Tooltip>
  )
}
