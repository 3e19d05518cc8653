// Ctrl K: pages, experiments, runs and models by a few letters of their name.
import { Modal, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { experimentsQuery, inPath, searchRuns } from '../api/queries.js'
import { searchOf } from '../base/url-state.js'
import { Icon } from './icon.js'
import type { IconName } from './icons.js'

interface Goal {
  readonly icon: IconName
  readonly text: string
  readonly note: string
  readonly to: string
}

const pages: readonly Goal[] = [
  { icon: 'runs', text: 'Runs', note: 'Page', to: '/runs' },
  { icon: 'models', text: 'Models', note: 'Page', to: '/models' },
  { icon: 'serving', text: 'Serving', note: 'Page', to: '/serving' },
  { icon: 'data', text: 'Data', note: 'Page', to: '/data' },
]
/** Milliseconds after the last letter. */
const pause = 150
const most = 8

export function Palette() {
  const [opened, setOpened] = useState(false)
  useHotkeys([['mod+K', () => setOpened(true)]], [])
  return (
    <>
      <UnstyledButton className="palette-button" onClick={() => setOpened(true)}>
        <Icon name="search" size={14} />
        <span>Search</span>
        <kbd aria-hidden="true">Ctrl K</kbd>
      </UnstyledButton>
      {opened && (
        <Modal
          opened
          onClose={() => setOpened(false)}
          withCloseButton={false}
          padding={0}
          size="lg"
          yOffset="12vh"
          transitionProps={{ duration: 0 }}
          attributes={{ content: { 'aria-label': 'Search everything' } }}
        >
          <PaletteBody close={() => setOpened(false)} />
        </Modal>
      )}
    </>
  )
}

function PaletteBody({ close }: { readonly close: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const [, go] = useLocation()
  const goals = useGoals(text)
  const chosen = Math.min(at, goals.length - 1)
  const open = (goal: Goal | undefined): void => {
    if (goal === undefined) return
    close()
    go(goal.to)
  }
  return (
    <div
      className="palette"
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, goals.length - 1))
        else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0))
        else if (event.key === 'Enter') open(goals[chosen])
        else return
        event.preventDefault()
      }}
    >
      <TextInput
        size="md"
        variant="unstyled"
        leftSection={<Icon name="search" />}
        placeholder="Runs, experiments, pages"
        aria-label="Search everything"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-goals"
        aria-activedescendant={goals.length > 0 ? `goal-${chosen}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setAt(0)
        }}
        data-autofocus
      />
      <div id="palette-goals" role="listbox" aria-label="Found">
        {goals.map((goal, i) => (
          <div
            key={goal.to}
            id={`goal-${i}`}
            role="option"
            aria-selected={i === chosen}
            className="palette-goal"
            onClick={() => open(goal)}
          >
            <Icon name={goal.icon} size={14} />
            <span>{goal.text}</span>
            <small>{goal.note}</small>
          </div>
        ))}
      </div>
      {goals.length === 0 && <p className="palette-none">Nothing has “{text}” in its name.</p>}
    </div>
  )
}

/** Quotes end a text in the grammar of search, and `%` means anything. */
const pattern = (text: string): string => `%${text.replaceAll(/['"\\%_]/g, '_')}%`

function useGoals(text: string): readonly Goal[] {
  const [slow] = useDebouncedValue(text.trim(), pause)
  const { data: experiments } = useQuery(experimentsQuery)
  const { data: runs } = useQuery({
    queryKey: ['palette', slow],
    queryFn: ({ signal }) =>
      searchRuns({ filter: `attributes.run_name ILIKE '${pattern(slow)}'`, limit: most }, signal),
    enabled: slow.length > 1,
  })
  const has = (name: string): boolean => name.toLowerCase().includes(text.trim().toLowerCase())
  const found: Goal[] = (experiments?.experiments ?? [])
    .filter(({ name, lifecycleStage }) => lifecycleStage === 'active' && has(name))
    .slice(0, most)
    .map(({ name, experimentId, runs: number }) => ({
      icon: 'folder',
      text: name,
      note: `Experiment, ${number} runs`,
      to: `/runs${searchOf({ experiments: [experimentId] })}`,
    }))
  const named: Goal[] = (slow.length > 1 ? (runs?.runs ?? []) : []).map(({ name, runId }) => ({
    icon: 'runs',
    text: name,
    note: `Run ${runId.slice(0, 8)}`,
    to: `/runs/${inPath(runId)}`,
  }))
  return [...pages.filter((page) => has(page.text)), ...found, ...named]
}
