import type { EventFilter } from '../../api/events.ts'
import { localTime } from '../../lib/time.ts'
import type { historySearch } from './search.ts'

/** How far back the server looks for changes whose outcome is not known yet. */
const openSeconds = 7 * 86_400

/** What the history is filtered by. */
export function filterOf(
  { account, key, request, object, since, open }: ReturnType<typeof historySearch>,
  nowSeconds = Date.now() / 1000,
): EventFilter {
  const start = since === undefined ? undefined : secondsOf(since)
  // The server refuses an earlier start than its own.
  const isSent = start !== undefined && (open === undefined || start > nowSeconds - openSeconds)
  return {
    ...(account && { account }),
    ...(key && { key }),
    ...(request && { request }),
    ...(object && { object }),
    ...(isSent && { since: start }),
    ...(open !== undefined && { unanswered: true }),
  }
}

/** The first second of a day in the reader's zone; undefined for what is no date, such as February 30. */
function secondsOf(date: string): number | undefined {
  const seconds = new Date(`${date}T00:00`).getTime() / 1000
  return seconds >= 0 && localTime(seconds).slice(0, 10) === date ? seconds : undefined
}
