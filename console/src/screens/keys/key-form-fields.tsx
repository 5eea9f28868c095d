import { Checkbox, Group, MultiSelect, Textarea, TextInput } from '@mantine/core'
import { scopes } from '../../../../src/lib/scopes.ts'
import { useAllAccounts } from '../../api/accounts.ts'
import { useSession } from '../../api/session.ts'
import { latestTime, utcWords } from '../../lib/time.ts'
import type { KeyDraft } from './key-draft.ts'
import styles from './keys.module.css'
import { scopeNames } from './key-words.ts'

type Props = {
  draft: KeyDraft
  change: (changes: Partial<KeyDraft>) => void
  field: (name: string) => { error: string | undefined }
}

/** What a key is called, what it may do, and within which limits. */
export function KeyFormFields({ draft, change, field }: Props) {
  const { key: own } = useSession()
  const { accounts, loadAll } = useAllAccounts()
  const names = new Map([
    ...draft.accounts.map((id) => [id, id] as const),
    ...accounts.map((a) => [a.id, a.name ?? a.id] as const),
  ])
  const text = (name: 'name' | 'percent' | 'amounts' | 'months' | 'changesPerDay' | 'networks' | 'expires') => ({
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) => change({ [name]: event.currentTarget.value }),
  })
  return (
    <>
      <TextInput
        label="Name"
        description="What uses the key."
        placeholder="n8n"
        maxLength={100}
        withAsterisk
        {...text('name')}
        {...field('data.name')}
      />
      <Checkbox.Group
        label="May"
        withAsterisk
        value={draft.scopes}
        onChange={(chosen) => change({ scopes: scopes.filter((scope) => chosen.includes(scope)) })}
        {...field('data.scopes')}
      >
        <div className={styles.scopes}>
          {scopes.map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              label={scopeNames[scope]}
              description={own.scopes.includes(scope) ? undefined : 'Your own key may not, so it cannot give it.'}
              disabled={!own.scopes.includes(scope) && !draft.scopes.includes(scope)}
            />
          ))}
        </div>
      </Checkbox.Group>
      <MultiSelect
        label="Accounts"
        description="Empty: all of the agency."
        searchable
        data={[...names].map(([value, label]) => ({ value, label }))}
        value={draft.accounts}
        onDropdownOpen={loadAll}
        onChange={(ids) => change({ accounts: ids })}
        {...field('data.accounts')}
      />
      <Group gap="sm" align="flex-start" grow>
        <TextInput
          label="Largest percentage"
          description={draft.amounts.trim() === '' ? 'Empty: any.' : 'Empty: no percentages, only amounts.'}
          inputMode="decimal"
          {...text('percent')}
          {...field('data.max_percent')}
        />
        <TextInput
          label="Longest duration"
          description="In months. Empty: any."
          inputMode="numeric"
          {...text('months')}
          {...field('data.max_months')}
        />
      </Group>
      <Textarea
        label="Largest amounts"
        description={`One a line: usd 50.00. Other currencies are then refused. Empty: ${draft.percent.trim() === '' ? 'any' : 'no amounts, only percentages'}.`}
        autosize
        minRows={1}
        {...text('amounts')}
        {...field('data.max_amounts')}
      />
      <Checkbox
        label="No discounts for ever"
        checked={draft.noForever}
        onChange={(event) => change({ noForever: event.currentTarget.checked })}
        {...field('data.no_forever')}
      />
      <Group gap="sm" align="flex-start" grow>
        <TextInput
          label="Changes a day"
          description="A day of UTC. Empty: any."
          inputMode="numeric"
          {...text('changesPerDay')}
          {...field('data.changes_per_day')}
        />
        <TextInput
          label="Expires"
          description={utcWords(draft.expires) ?? 'In your zone. Empty: never.'}
          type="datetime-local"
          max={latestTime}
          {...text('expires')}
          {...field('data.expires_at')}
        />
      </Group>
      <Textarea
        label="Networks"
        description="Addresses or blocks from which it works, one a line: 192.0.2.0/24. Empty: any."
        autosize
        minRows={1}
        {...text('networks')}
        {...field('data.networks')}
      />
    </>
  )
}
