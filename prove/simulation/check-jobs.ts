import type { Record } from './history.ts'
import type { Observer } from './journal.ts'

/** Each code of a job is made once or told as not made, and the counts are right. */
export function* checkJobs(observer: Observer, { intents, attempts, calls }: Record): Generator<string> {
  const jobs = observer.jobs()
  for (const intent of intents.filter(({ kind }) => kind === 'bulk')) {
    const own = jobs.filter(({ account_id: id, coupon_id: coupon }) =>
      intent.path.includes(`/${id}/coupons/${coupon}/`),
    )
    const accepted = attempts.filter((attempt) => attempt.intent === intent && attempt.answer?.status === 202)
    if (intent.key !== undefined && own.length > 1) yield `bulk: ${intent.name} became ${own.length} jobs.`
    for (const { answer, number } of accepted) {
      if (!own.some(({ id }) => id === answer?.body['id']))
        yield `bulk: ${intent.name}.${number} was accepted and is lost.`
    }
    for (const job of own) {
      const codes = observer.codesOf(job.id)
      const asked = Array.isArray(intent.data?.['codes']) ? intent.data['codes'] : []
      if (codes.map(({ code }) => code).join() !== asked.join())
        yield `bulk: ${job.id} has other codes than were asked for.`
      if (job.finished_at === null || job.pending !== 0)
        yield `bulk: ${job.id} has no end, or counts ${job.pending} pending.`
      if (job.agency_id !== intent.tenant.agencyId) yield `isolation: ${job.id} is another agency's.`
      for (const { code, status, promotion_code: made, error } of codes) {
        const ofCode = calls.filter(
          ({ params }) => params.get('code') === code && params.get('metadata[bulk_job]') === job.id,
        )
        const ids = [...new Set(ofCode.flatMap(({ objectId }) => objectId ?? []))]
        const says = `bulk: ${code} of ${job.id} is ${status}, and Stripe made ${ids.join(' and ') || 'nothing'}.`
        const mayExist = /may have been created/.test(error ?? '')
        if (ids.length > 1) yield says
        if (status === 'created' && ids[0] !== made) yield says
        if (status === 'pending' || (status !== 'created' && ids.length > 0 && !mayExist)) yield says
      }
    }
  }
}
