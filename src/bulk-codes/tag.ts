import { invalid } from '../lib/refusal.ts'
import type { StripePromotionCode, StripePromotionCodeTerms } from '../stripe/promotion-codes.ts'
import type { BulkData } from './schema.ts'

/** The metadata key by which a code tells its job: it is how a code is known for ours when Stripe says that it exists. */
const mark = 'bulk_job'
/** One less than Stripe takes. */
const metadataKeysMax = 49

/** Refuses metadata in which the mark has no room. */
export function checkMarkFits(metadata: BulkData['metadata'] = {}): void {
  if (mark in metadata) throw invalid(`data.metadata.${mark}`, `data.metadata.${mark} is set to the id of the job.`)
  if (Object.keys(metadata).length > metadataKeysMax) {
    throw invalid('data.metadata', `data.metadata must have at most ${metadataKeysMax} entries beside ${mark}.`)
  }
}

export function marked(terms: StripePromotionCodeTerms, jobId: string): StripePromotionCodeTerms {
  const { metadata } = terms
  return { ...terms, metadata: { ...(typeof metadata === 'object' && metadata), [mark]: jobId } }
}

export function isOf(jobId: string, { metadata }: StripePromotionCode): boolean {
  return metadata?.[mark] === jobId
}
