import { Tabs } from '@mantine/core'
import { useState } from 'react'
import { CodeBlock } from '../../components/code-block.tsx'
import type { Terms } from './form.ts'
import { snippets } from './snippets.ts'
import styles from './coupon-create.module.css'

/** The same coupon without this page. */
export function ByApi({ accountId, terms }: { accountId: string; terms: Terms }) {
  const [opened, setOpened] = useState(false)
  return (
    <details className={styles.api} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>Do this by API</summary>
      {opened && (
        <>
          <p className={styles.hint}>
            Put what causes the coupon into the Idempotency-Key, such as an order: then it is made once, however often
            this runs.
          </p>
          <Tabs defaultValue="curl" keepMounted={false}>
            <Tabs.List mb="sm">
              {Object.keys(snippets).map((name) => (
                <Tabs.Tab key={name} value={name}>
                  {name}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {Object.entries(snippets).map(([name, write]) => (
              <Tabs.Panel key={name} value={name}>
                <CodeBlock code={write({ origin: location.origin, accountId, terms })} label={`the ${name} code`} />
              </Tabs.Panel>
            ))}
          </Tabs>
        </>
      )}
    </details>
  )
}
