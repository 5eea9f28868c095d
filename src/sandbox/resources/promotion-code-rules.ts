import type { StoredCoupon } from './coupon.ts'
import type { Context } from '../protocol/endpoint.ts'
import { conflict, invalid } from '../protocol/errors.ts'
import { findByCode, isActive, type StoredPromotionCode } from './promotion-code.ts'
import type { Row } from '../store/store.ts'

/** Recorded: a second active code of one spelling is refused. Documented: case is ignored, and each customer counts apart. */
export function checkUnique(context: Context, code: string, customer: string | null, self?: number): void {
  for (const other of findByCode(context, code)) {
    if (other.seq === self || other.body.customer !== customer || !isActive(other.body, context)) continue
    throw conflict(`An active promotion code with \`code: ${code}\` already exists.`)
  }
}

/** Recorded: the characters that a code may have; an underscore is one of them. */
export function checkCode(code: string): void {
  if (/^[a-zA-Z0-9\-_]+$/.test(code)) return
  throw invalid(
    `This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value ${code}).`,
    'code',
  )
}

/** Documented: a code's limits must lie within its coupon's. The wording is a guess. */
export function checkWithin(coupon: StoredCoupon, expiresAt: number | undefined, most: number | undefined): void {
  if (expiresAt !== undefined && coupon.redeem_by !== null && expiresAt > coupon.redeem_by) {
    throw invalid("The promotion code's expires_at cannot be after the coupon's redeem_by.", 'expires_at')
  }
  if (most !== undefined && coupon.max_redemptions !== null && most > coupon.max_redemptions) {
    throw invalid(
      "The promotion code's max_redemptions cannot be greater than the coupon's max_redemptions.",
      'max_redemptions',
    )
  }
}

/** Documented: only a redeemable code can be reactivated. The wording is a guess. */
export function checkReactivation(row: Row<StoredPromotionCode>, context: Context): void {
  if (!isActive({ ...row.body, active: true }, context)) {
    throw conflict(
      'This promotion code cannot be activated, since it or its coupon can no longer be redeemed.',
      'active',
    )
  }
  checkUnique(context, row.body.code, row.body.customer, row.seq)
}
