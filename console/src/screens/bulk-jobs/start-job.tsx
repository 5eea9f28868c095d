import { Group, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type NewBulkJob, useStartBulkJob } from '../../api/bulk-jobs.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useWriteForm } from '../../components/use-write-form.ts'
import { CouponPicker } from '../promotion-codes/coupon-picker.tsx'
import { LimitFields } from '../promotion-codes/limit-fields.tsx'
import { limitFields, type LimitsDraft, noLimits, readLimits } from '../promotion-codes/limits.ts'
import { codesWords } from './job-words.ts'
import { rememberJob } from './known-jobs.ts'

export type JobDraft = LimitsDraft & {
  coupon: string
  kind: 'random' | 'own'
  count: string
  prefix: string
  length: string
  /** One code a line. */
  codes: string
  /** Of the job that is tried again; the form does not show it. */
  metadata?: Record<string, string>
}
type Props = { accountId: string; initial: JobDraft; onClose: () => void }

export const emptyJob: JobDraft = {
  ...noLimits,
  redemptions: '1',
  coupon: '',
  kind: 'random',
  count: '100',
  prefix: '',
  length: '10',
  codes: '',
}
const kinds = [
  { value: 'random', label: 'Random codes' },
  { value: 'own', label: 'My own codes' },
]

/** Starts a job and leads to it, which takes the place of the screen that shows this. */
export function StartJob({ accountId, initial, onClose }: Props) {
  const navigate = useNavigate()
  const form = useWriteForm({
    initial,
    read,
    write: useStartBulkJob(accountId),
    fields: ['data.coupon', 'data.codes', 'data.count', 'data.prefix', 'data.length', ...limitFields],
    onWritten: ({ id: jobId, coupon }) => {
      rememberJob(accountId, { jobId, couponId: coupon })
      void navigate({ to: '/$account/bulk-jobs/$jobId', params: { account: accountId, jobId }, search: { coupon } })
    },
  })
  const { draft, change, field } = form
  return (
    <FormDialog
      title="Start bulk job"
      submit="Start bulk job"
      consequence="Customers can use each code as soon as it is made. Canceling the job keeps those that are made."
      form={form}
      onClose={onClose}
    >
      <CouponPicker
        accountId={accountId}
        value={draft.coupon}
        {...field('data.coupon')}
        onChange={(coupon) => change({ coupon })}
      />
      <SegmentedControl
        aria-label="Which codes"
        fullWidth
        data={kinds}
        value={draft.kind}
        onChange={(kind) => change({ kind: kind === 'own' ? 'own' : 'random' })}
      />
      {draft.kind === 'own' ? (
        <Textarea
          label="Codes"
          description={`One a line: letters, digits, dashes and underscores. ${codesWords(codesIn(draft.codes).length)} of 1,000 at most.`}
          placeholder={'ANNA-2026\nBEN-2026'}
          autosize
          minRows={4}
          maxRows={8}
          value={draft.codes}
          onChange={(event) => change({ codes: event.currentTarget.value })}
          {...field('data.codes')}
        />
      ) : (
        <Group gap="sm" align="flex-start" wrap="nowrap">
          <TextInput
            w={96}
            label="How many"
            description="1 to 1,000"
            inputMode="numeric"
            value={draft.count}
            onChange={(event) => change({ count: event.currentTarget.value })}
            {...field('data.count')}
          />
          <TextInput
            flex={1}
            label="Prefix"
            description="What each begins with"
            placeholder="SUMMER-"
            maxLength={100}
            value={draft.prefix}
            onChange={(event) => change({ prefix: event.currentTarget.value })}
            {...field('data.prefix')}
          />
          <TextInput
            w={128}
            label="Random length"
            description="6 to 32"
            inputMode="numeric"
            value={draft.length}
            onChange={(event) => change({ length: event.currentTarget.value })}
            {...field('data.length')}
          />
        </Group>
      )}
      <LimitFields draft={draft} change={change} field={field} />
    </FormDialog>
  )
}

function codesIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter((code) => code !== '')
}

function read(draft: JobDraft): { data: { couponId: string; data: NewBulkJob }; errors: Record<string, string> } {
  const { data: limits, errors } = readLimits(draft)
  if (draft.coupon === '') errors['data.coupon'] = 'Choose the coupon that the codes give.'
  const data: NewBulkJob = { ...limits, metadata: draft.metadata }
  if (draft.kind === 'own') {
    data.codes = codesIn(draft.codes)
    if (data.codes.length === 0) errors['data.codes'] = 'Write one code a line.'
  } else {
    data.count = Number(draft.count)
    if (!Number.isSafeInteger(data.count)) errors['data.count'] = 'This must be a whole number.'
    if (draft.prefix.trim() !== '') data.prefix = draft.prefix.trim()
    if (draft.length.trim() !== '') data.length = Number(draft.length)
    if (data.length !== undefined && !Number.isSafeInteger(data.length)) {
      errors['data.length'] = 'This must be a whole number.'
    }
  }
  return { data: { couponId: draft.coupon, data }, errors }
}
