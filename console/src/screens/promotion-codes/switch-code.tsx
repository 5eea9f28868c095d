import { Alert, Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { PromotionCode } from '../../api/client.ts'
import { useSwitchPromotionCode } from '../../api/promotion-codes.ts'
import { errorSentence } from '../../components/error-state.tsx'
import { Section } from '../../components/section.tsx'
import { canSwitchOn } from './code-status.ts'
import styles from './switch-code.module.css'

/** Switches a code off, after a second click, or on again; what that does stands beside the button. */
export function SwitchCode({ accountId, code }: { accountId: string; code: PromotionCode }) {
  const [asked, setAsked] = useState(false)
  const change = useSwitchPromotionCode(accountId, code.id)
  const switchTo = (active: boolean) => change.mutate(active, { onSuccess: () => setAsked(false) })
  if (!code.active && !canSwitchOn(code)) return null
  return (
    <Section title={code.active ? 'Switch it off' : 'Switch it on'}>
      {code.active ? (
        <Row words="Nobody can redeem it any more. Customers who have redeemed it keep their discount. It can be switched on again.">
          {asked ? (
            <>
              <Button variant="default" onClick={() => setAsked(false)} data-autofocus>
                Keep it on
              </Button>
              <Button color="red.8" loading={change.isPending} onClick={() => switchTo(false)}>
                Yes, switch off
              </Button>
            </>
          ) : (
            <Button variant="default" onClick={() => setAsked(true)}>
              Switch off code
            </Button>
          )}
        </Row>
      ) : (
        <Row words="Customers can redeem it again, within its limits and those of its coupon.">
          <Button variant="default" loading={change.isPending} onClick={() => switchTo(true)}>
            Switch on code
          </Button>
        </Row>
      )}
      {change.error && (
        <Alert color="red" mt="sm" role="alert">
          {errorSentence(change.error)}
        </Alert>
      )}
    </Section>
  )
}

function Row({ words, children }: { words: string; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <p className={styles.words}>{words}</p>
      <div className={styles.buttons}>{children}</div>
    </div>
  )
}
