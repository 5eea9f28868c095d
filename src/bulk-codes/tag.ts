import { invalid } from '../lib/refusal.ts'
import type { StripePromotionCode, StripePromotionCodeTerms } from '../stripe/promotion-codes.ts'
import type { BulkData } from './schema.ts'

/** The metadata key that holds the id of a code's job, so that a code of ours is recognized when Stripe says that it exists. */
const tagKey = 'bulk_job'

/** Refuses metadata that sets the tag itself. That there is room for it beside the caller's entries, the schema ensures. */
export function checkTagUnset(metadata: BulkData['metadata'] = {}): void {
  if (tagKey in metadata) {
    throw invalid(`data.metadata.${tagKey}`, `data.metadata.${tagKey} is set to the id of the job.`)
  }
}

export function tagWithJob(terms: StripePromotionCodeTerms, jobId: string): StripePromotionCodeTerms {
  const { metadata } = terms
  return { ...terms, metadata: { ...(typeof metadata === 'object' && metadata), [tagKey]: jobId } }
}

export function belongsToJob({ metadata }: StripePromotionCode, jobId: string): boolean {
  return metadata?.[tagKey] === jobId
}
