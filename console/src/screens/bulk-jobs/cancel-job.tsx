import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useCancelBulkJob } from '../../api/bulk-jobs.ts'
import type { BulkJob } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'

/** Cancels a job that still makes codes, after saying what that does. */
export function CancelJob({ accountId, job }: { accountId: string; job: BulkJob }) {
  const [opened, dialog] = useDisclosure(false)
  const cancel = useCancelBulkJob(accountId, { jobId: job.id, couponId: job.coupon })
  if (job.status !== 'queued' && job.status !== 'running') return null
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        Cancel job
      </Button>
      <ConfirmDialog
        opened={opened}
        title="Cancel this job?"
        confirm="Stop making codes"
        danger
        pending={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate(undefined, { onSuccess: dialog.close })}
        onClose={() => {
          dialog.close()
          cancel.reset()
        }}
      >
        The codes that are made stay and can be redeemed; up to 16 that are on their way to Stripe may still be made. No
        others are. A canceled job cannot go on.
      </ConfirmDialog>
    </>
  )
}
