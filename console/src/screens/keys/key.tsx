import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ApiKey } from '../../api/client.ts'
import { keyQuery } from '../../api/keys.ts'
import { useSession } from '../../api/session.ts'
import { ErrorState } from '../../components/error-state.tsx'
import { TextLink } from '../../components/link-button.tsx'
import { Page } from '../../components/page.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { RawJson } from '../../components/raw-json.tsx'
import { NotAllowed } from './index.tsx'
import { KeyActionButton } from './key-actions.tsx'
import { KeyFields } from './key-fields.tsx'
import { isWorking } from './key-words.ts'
import { RotateKey } from './rotate-key.tsx'
import { UpdateKey } from './update-key.tsx'

const route = getRouteApi('/frame/keys/$keyId')

export default function KeyScreen() {
  const { keyId } = route.useParams()
  const { key: own } = useSession()
  return own.scopes.includes('keys:manage') ? <Key keyId={keyId} /> : <NotAllowed />
}

function Key({ keyId }: { keyId: string }) {
  const { data: key, error, refetch } = useQuery(keyQuery(keyId))
  if (error && !key) {
    return (
      <Page title="Key" context="Keys">
        <ErrorState title="The key could not be loaded" error={error} onRetry={() => void refetch()} />
      </Page>
    )
  }
  if (!key) return <PageSkeleton />
  return (
    <Page
      title={key.name}
      context="Keys"
      lead={
        <TextLink to="/keys" size="sm">
          Keys
        </TextLink>
      }
      actions={isWorking(key) ? <Actions apiKey={key} /> : undefined}
    >
      <KeyFields apiKey={key} />
      <RawJson value={key} />
    </Page>
  )
}

function Actions({ apiKey }: { apiKey: ApiKey }) {
  const [changing, changeDialog] = useDisclosure(false)
  const [rotating, rotateDialog] = useDisclosure(false)
  return (
    <>
      <Button variant="default" onClick={changeDialog.open}>
        Change limits
      </Button>
      {apiKey.frozen_by !== 'operator' && (
        <Button variant="default" onClick={rotateDialog.open}>
          Rotate key
        </Button>
      )}
      {apiKey.frozen_by === null && <KeyActionButton apiKey={apiKey} action="freeze" />}
      {apiKey.frozen_by === 'agency' && <KeyActionButton apiKey={apiKey} action="unfreeze" />}
      <KeyActionButton apiKey={apiKey} action="revoke" />
      {changing && <UpdateKey apiKey={apiKey} onClose={changeDialog.close} />}
      {rotating && <RotateKey apiKey={apiKey} onClose={rotateDialog.close} />}
    </>
  )
}
