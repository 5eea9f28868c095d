import { Button, Group, TextInput } from '@mantine/core'
import { Download } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { Section } from '../../components/section.tsx'
import { downloadBlob } from '../../lib/download.ts'
import { remember, remembered } from '../../lib/storage.ts'
import { codeLink } from './code-link.ts'
import styles from './share-code.module.css'

const QrPicture = lazy(() => import('./qr-picture.tsx'))

/** A code to hand out: as text, as a link to where customers pay, and as a picture of either. */
export function ShareCode({ accountId, code }: { accountId: string; code: string }) {
  const name = `checkout-page.${accountId}`
  const [page, setPage] = useState(remembered(name) ?? '')
  const link = codeLink(page, code)
  const isWrong = page.trim() !== '' && link === undefined
  const type = (typed: string) => {
    setPage(typed)
    if (typed.trim() === '' || codeLink(typed, code) !== undefined) remember(name, typed.trim())
  }
  const savePng = () =>
    import('./qr-file.ts').then(async ({ qrPng }) => downloadBlob(await qrPng(link ?? code), `${code}.png`))
  const saveSvg = () => import('./qr-file.ts').then(({ qrSvg }) => downloadBlob(qrSvg(link ?? code), `${code}.svg`))
  return (
    <Section title="Hand it out">
      <div className={styles.share}>
        <div className={styles.words}>
          <TextInput
            label="Where customers pay"
            description="A Stripe payment link takes the code from the link by itself. On a page of your own, read prefilled_promo_code from its address."
            placeholder="https://buy.stripe.com/…"
            value={page}
            error={isWrong && 'This must be a web address that begins with https://'}
            onChange={(event) => type(event.currentTarget.value)}
          />
          {link !== undefined && <code className={styles.link}>{link}</code>}
          <Group gap="sm" mt="md">
            <CopyButton value={code} label="Copy code" withText />
            {link !== undefined && <CopyButton value={link} label="Copy link" withText />}
          </Group>
        </div>
        <figure className={styles.figure}>
          <Suspense fallback={<div className={styles.waiting} />}>
            <QrPicture text={link ?? code} />
          </Suspense>
          <figcaption className={styles.caption}>
            {link === undefined ? 'Shows the code' : 'Leads to the link'}
          </figcaption>
          <Group gap={4} justify="center" wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<Download size={14} aria-hidden />}
              aria-label="Download picture as PNG"
              onClick={() => void savePng()}
            >
              PNG
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<Download size={14} aria-hidden />}
              aria-label="Download picture as SVG"
              onClick={() => void saveSvg()}
            >
              SVG
            </Button>
          </Group>
        </figure>
      </div>
    </Section>
  )
}
