import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import type { Coupon } from '../../api/client.ts'
import { useDeleteCoupon } from '../../api/coupons.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'

/** Deletes a coupon after saying what that does. */
export function DeleteCoupon({ accountId, coupon }: { accountId: string; coupon: Coupon }) {
  const [opened, dialog] = useDisclosure(false)
  const remove = useDeleteCoupon(accountId, coupon.id)
  const navigate = useNavigate()
  const leave = () => void navigate({ to: '/$account/coupons', params: { account: accountId } })
  return (
    <>
      <Button variant="default" leftSection={<Trash2 size={16} aria-hidden />} onClick={dialog.open}>
        Delete coupon
      </Button>
      <ConfirmDialog
        opened={opened}
        title={`Delete ${coupon.name}?`}
        confirm="Delete coupon"
        danger
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(undefined, { onSuccess: leave })}
        onClose={() => {
          dialog.close()
          remove.reset()
        }}
      >
        Nobody can redeem it any more, and its promotion codes stop working. Customers who have redeemed it keep their
        discount. This cannot be undone.
      </ConfirmDialog>
    </>
  )
}
