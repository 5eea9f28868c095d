import { invalid } from '../lib/refusal.ts'
import type { StripePromotionCode, StripePromotionCodeTerms } from '../stripe/promotion-codes.ts'
import type { BulkData } from './schema.ts'

/** The metadata key that holds a code's job: by it a code is known to be ours when Stripe says that it exists. */
const tagKey = 'bulk_job'
/** One less than Stripe takes. */
const metadataKeysMax = 49

/** Refuses metadata that leaves no room for the tag. */
export function checkTagFits(metadata: BulkData['metadata'] = {}): void {
  if (tagKey in metadata) {
    throw invalid(`data.metadata.${tagKey}`, `data.metadata.${tagKey} is set to the id of the job.`)
  }
  if (Object.keys(metadata).length > metadataKeysMax) {
    throw invalid('data.metadata', `data.metadata must have at most ${metadataKeysMax} entries beside ${tagKey}.`)
  }
}

export function tagWithJob(terms: StripePromotionCodeTerms, jobId: string): StripePromotionCodeTerms {
  const { metadata } = terms
  return { ...terms, metadata: { ...(typeof metadata === 'object' && metadata), [tagKey]: jobId } }
}

export function belongsToJob({ metadata }: StripePromotionCode, jobId: string): boolean {
  return metadata?.[tagKey] === jobId
}
