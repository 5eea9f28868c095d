import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Coupon } from '../../api/client.ts'
import { couponQuery } from '../../api/coupons.ts'
import { errorSentence } from '../../components/error-state.tsx'
import { TextLink } from '../../components/link-button.tsx'
import { Page } from '../../components/page.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { ByApi } from './by-api.tsx'
import { CouponForm, type Errors } from './coupon-form.tsx'
import styles from './coupon-create.module.css'
import { isUnanswered } from './draft.ts'
import { termsOf } from './form.ts'
import { PreviewPanel } from './preview-panel.tsx'
import { refusalOf, shownErrors } from './refusals.ts'
import { Unanswered } from './unanswered.tsx'
import { useCreateCoupon } from './use-create-coupon.ts'
import { usePreview } from './use-preview.ts'

const route = getRouteApi('/frame/$account/coupons/new')

export default function CreateCouponScreen() {
  const { account } = route.useParams()
  const { like } = route.useSearch()
  // What has no clear answer is shown whatever the URL says.
  const wanted = like !== undefined && !isUnanswered(account)
  const { data: coupon, error, isPending } = useQuery({ ...couponQuery(account, like ?? ''), enabled: wanted })
  if (wanted && isPending) return <PageSkeleton />
  return (
    <CreateCoupon
      key={`${account} ${like ?? ''}`}
      accountId={account}
      like={coupon}
      notice={wanted && error ? `It could not be filled in from ${like}: ${errorSentence(error)}` : undefined}
    />
  )
}

type Props = { accountId: string; like: Coupon | undefined; notice: string | undefined }

function CreateCoupon({ accountId, like, notice }: Props) {
  const navigate = useNavigate()
  const open = (coupon: Coupon) =>
    // Back then leads to where the form was opened, not to a form for one more.
    void navigate({
      to: '/$account/coupons/$couponId',
      params: { account: accountId, couponId: coupon.id },
      replace: true,
    })
  const { form, made, unanswered, isPending, error, edit, submit, askAgain, unlock, clear } = useCreateCoupon(
    accountId,
    like,
    open,
  )
  const preview = usePreview(accountId, form)
  const refused = useMemo(() => (unanswered || !error ? undefined : refusalOf(error, form)), [unanswered, error, form])
  const errors: Errors = shownErrors(form, refused, preview.isEnabled ? preview.error : null)

  return (
    <Page
      title="Create coupon"
      context="Coupons"
      heading={
        <>
          <TextLink to="/$account/coupons" params={{ account: accountId }} size="sm">
            Coupons
          </TextLink>
          <h1 className={styles.title}>Create coupon</h1>
        </>
      }
    >
      {notice !== undefined && <p className={styles.notice}>{notice}</p>}
      {made && (
        <p className={styles.notice} role="status">
          What you sent before was made:{' '}
          <TextLink to="/$account/coupons/$couponId" params={{ account: accountId, couponId: made.id }}>
            {made.name}
          </TextLink>
          . This is a new form.
        </p>
      )}
      {like && (
        <p className={styles.notice}>
          Filled in from “{like.name}”. Its id, its metadata and its products were left out, and an expiry that has
          passed.
        </p>
      )}
      {unanswered && (
        <Unanswered
          accountId={accountId}
          sentAt={unanswered.at}
          error={error}
          onAskAgain={askAgain}
          onUnlock={unlock}
        />
      )}
      <div className={styles.columns}>
        <CouponForm
          form={form}
          edit={edit}
          errors={errors}
          locked={isPending || unanswered !== null}
          pending={isPending}
          refused={refused}
          sentence={preview.isEnabled && !preview.error ? preview.data?.summary : undefined}
          onSubmit={submit}
          onClear={() => {
            clear()
            void navigate({ to: '.', search: {}, replace: true })
          }}
        />
        <div className={styles.aside}>
          <PreviewPanel preview={preview} form={form} edit={edit} />
          <ByApi accountId={accountId} terms={unanswered?.terms ?? termsOf(form)} />
        </div>
      </div>
    </Page>
  )
}
