import { Modal, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { PromotionCode } from '../../api/client.ts'
import { promotionCodeQuery } from '../../api/promotion-codes.ts'
import { ErrorState } from '../../components/error-state.tsx'
import { Field, Fields } from '../../components/fields.tsx'
import { TextLink } from '../../components/link-button.tsx'
import { RawJson } from '../../components/raw-json.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import { useFocusBack } from '../../components/use-focus-back.ts'
import { discountWords, durationWords } from '../../lib/discount.ts'
import { absoluteTime } from '../../lib/time.ts'
import { codeStatus, limitWords } from './code-status.ts'
import { ShareCode } from './share-code.tsx'
import { SwitchCode } from './switch-code.tsx'

type Props = { accountId: string; id: string; onClose: () => void }

/** One promotion code: what it is, how to hand it out, and the way to switch it off. */
export function CodeDialog({ accountId, id, onClose }: Props) {
  useFocusBack()
  const { data: code, error, refetch } = useQuery(promotionCodeQuery(accountId, id))
  return (
    <Modal
      opened
      onClose={onClose}
      title={code?.code ?? 'Promotion code'}
      size={560}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {code ? (
        <>
          <CodeFields accountId={accountId} code={code} />
          {code.active && <ShareCode accountId={accountId} code={code.code} />}
          <SwitchCode key={code.id} accountId={accountId} code={code} />
          <RawJson value={code} />
        </>
      ) : error ? (
        <ErrorState title="The code could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton height={200} />
      )}
    </Modal>
  )
}

function CodeFields({ accountId, code }: { accountId: string; code: PromotionCode }) {
  const { tone, name, reason } = codeStatus(code)
  const { coupon, expires_at: end, metadata } = code
  const limits = limitWords(code)
  const jobId = metadata['bulk_job']
  return (
    <Fields>
      <Field name="Status">
        <StatusBadge tone={tone}>{name}</StatusBadge> {reason}
      </Field>
      {coupon && (
        <Field name="Coupon">
          <TextLink
            to="/$account/coupons/$couponId"
            params={{ account: accountId, couponId: coupon.id }}
            underline="always"
          >
            {coupon.name}
          </TextLink>
          : {discountWords(coupon)}, {durationWords(coupon)}
        </Field>
      )}
      <Field name="Redeemed">
        <UsageBar used={code.times_redeemed} cap={code.max_redemptions} />
      </Field>
      {limits.length > 0 && <Field name="Limits">{limits.join(', ')}</Field>}
      <Field name="Expires">
        {end === null ? (
          'Never'
        ) : (
          <>
            {absoluteTime(end)} · <RelativeTime at={end} />
          </>
        )}
      </Field>
      {jobId !== undefined && coupon && (
        <Field name="Made by">
          <TextLink
            to="/$account/bulk-jobs/$jobId"
            params={{ account: accountId, jobId }}
            search={{ coupon: coupon.id }}
          >
            A bulk job
          </TextLink>
        </Field>
      )}
    </Fields>
  )
}
