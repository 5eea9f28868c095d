import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'

type Props = {
  label: string
  placeholder: string
  /** What the URL says. */
  value: string | undefined
  onSearch: (value: string | undefined) => void
  delayMs?: number
}

/** A search that the URL keeps. The key `/` leads to it from anywhere on the screen. */
export function SearchField({ label, placeholder, value = '', onSearch, delayMs = 250 }: Props) {
  const [typed, setTyped] = useState(value)
  const search = useDebouncedCallback((words: string) => onSearch(words.trim() || undefined), delayMs)
  useEffect(() => setTyped((now) => (now.trim() === value ? now : value)), [value])
  const type = (words: string) => {
    setTyped(words)
    search(words)
  }
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder}
      data-search-field
      maxLength={200}
      value={typed}
      leftSection={<Search size={16} aria-hidden />}
      rightSection={typed !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && (typed === '' ? event.currentTarget.blur() : type(''))}
    />
  )
}
