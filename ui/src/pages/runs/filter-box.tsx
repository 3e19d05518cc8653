// The filter, in the grammar of search, with names offered as one writes and faults said below.
import { ActionIcon, Combobox, TextInput, useCombobox } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import type { ColumnNames } from '../../../../src/app/http/api/page-types.js'
import { Icon } from '../../parts/icon.js'
import { searchName } from './run-columns.js'

interface FilterBoxProps {
  readonly value: string
  readonly known: ColumnNames | undefined
  readonly fault: string | undefined
  readonly apply: (filter: string) => void
}

const attributeNames = ['run_name', 'status', 'start_time', 'end_time', 'user_id', 'run_id']
/** More than a list of ten nobody reads while writing. */
const most = 10

/** Names that go on with the word before the cursor. */
function offers(word: string, known: ColumnNames | undefined): readonly string[] {
  if (word === '' || known === undefined) return []
  const of = (kind: 'params' | 'metrics' | 'tags') => known[kind].map((name) => searchName({ kind, name }))
  const all = [
    ...of('metrics'),
    ...of('params'),
    ...attributeNames.map((name) => `attributes.${name}`),
    ...of('tags'),
  ]
  const wanted = word.toLowerCase().replaceAll('`', '')
  const found = all.filter((name) => name.toLowerCase().replaceAll('`', '').includes(wanted) && name !== word)
  const begins = (name: string): number => (name.toLowerCase().startsWith(wanted) ? 0 : 1)
  return found.toSorted((a, b) => begins(a) - begins(b)).slice(0, most)
}

/** The word that ends at the cursor, unless it stands in a text. */
function wordBefore(text: string): string {
  if ((text.split("'").length - 1) % 2 === 1) return ''
  return /[\w.`/-]+$/.exec(text)?.[0] ?? ''
}

export function FilterBox({ value, known, fault, apply }: FilterBoxProps) {
  const [draft, setDraft] = useDraft(value)
  const [cursor, setCursor] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const list = useCombobox({ onDropdownClose: () => list.resetSelectedOption() })
  const word = wordBefore(draft.slice(0, cursor))
  const options = offers(word, known)
  useHotkeys([['/', () => input.current?.focus()]])
  useEffect(() => {
    const begin = (event: Event): void => {
      const name = (event as CustomEvent<string>).detail
      setDraft((old) => (old.trim() === '' ? `${name} ` : `${old.trim()} and ${name} `))
      // The menu that sent it gives focus back to its button first.
      setTimeout(() => input.current?.focus(), 50)
    }
    window.addEventListener('filter-by', begin)
    return () => window.removeEventListener('filter-by', begin)
  }, [setDraft])
  const insert = (name: string): void => {
    const before = draft.slice(0, cursor - word.length) + name
    setDraft(`${before} ${draft.slice(cursor).trimStart()}`)
    setCursor(before.length + 1)
    list.closeDropdown()
  }
  return (
    <Combobox store={list} onOptionSubmit={insert} position="bottom-start" width="target">
      <Combobox.Target>
        <TextInput
          ref={input}
          className="filter"
          classNames={{ input: 'filter-input' }}
          aria-label="Filter runs"
          placeholder="metrics.rmse < 1 and params.model = 'ridge'"
          spellCheck={false}
          autoComplete="off"
          leftSection={<Icon name="search" size={14} />}
          rightSection={
            draft === '' ? (
              <kbd>/</kbd>
            ) : (
              <ActionIcon
                size="sm"
                aria-label="Clear the filter"
                onClick={() => {
                  setDraft('')
                  apply('')
                }}
              >
                <Icon name="cross" size={12} />
              </ActionIcon>
            )
          }
          error={fault}
          value={draft}
          onChange={(event) => {
            setDraft(event.currentTarget.value)
            setCursor(event.currentTarget.selectionStart ?? 0)
            list.openDropdown()
          }}
          onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
          onBlur={() => list.closeDropdown()}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && list.getSelectedOptionIndex() < 0) {
              list.closeDropdown()
              apply(draft)
            }
            if (event.key === 'Escape') input.current?.blur()
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={options.length === 0}>
        <Combobox.Options>
          {options.map((name) => (
            <Combobox.Option key={name} value={name}>
              <code>{name}</code>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

/** What is being written; it follows the address when that changes otherwise, as by going back. */
function useDraft(value: string) {
  const [draft, setDraft] = useState(value)
  const [applied, setApplied] = useState(value)
  if (applied !== value) {
    setApplied(value)
    setDraft(value)
  }
  return [draft, setDraft] as const
}
