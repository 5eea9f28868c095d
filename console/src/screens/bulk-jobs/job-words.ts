import type { BulkJob } from '../../api/client.ts'
import type { Tone } from '../../components/status-badge.tsx'

/** What a job's status is called. One that is done with failed codes says so. */
export function jobStatus({ status, failed, finished_at: end }: BulkJob): { tone: Tone; name: string } {
  if (status === 'canceled') return { tone: 'neutral', name: end === null ? 'Stopping' : 'Canceled' }
  if (status === 'done') {
    return failed > 0 ? { tone: 'warning', name: 'Partly failed' } : { tone: 'positive', name: 'Done' }
  }
  return status === 'queued' ? { tone: 'neutral', name: 'Waiting' } : { tone: 'neutral', name: 'Running' }
}

/** How far a job is: `97 of 100 made, 3 failed`. */
export function progressWords({ total, succeeded, failed, canceled }: BulkJob): string {
  return [
    `${succeeded} of ${total} made`,
    failed > 0 ? `${failed} failed` : undefined,
    canceled > 0 ? `${canceled} canceled` : undefined,
  ]
    .filter((words) => words !== undefined)
    .join(', ')
}

export function codesWords(count: number): string {
  return count === 1 ? '1 code' : `${count} codes`
}
