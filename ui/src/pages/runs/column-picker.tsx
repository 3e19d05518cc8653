// Which columns are shown, of thousands: found by a part of their name.
import { Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import type { ColumnNames } from '../../../../src/app/http/api/page-types.js'
import { Icon } from '../../parts/icon.js'
import { attributeIds, columnOf, kindTitles, nameColumn, type RunColumn } from './run-columns.js'

/** Pixels. */
const lineHeight = 28
/** Tags by which clients keep what the page shows in places of their own. */
const isOwnTag = (name: string): boolean => name.startsWith('mlflow.')

interface ColumnPickerProps {
  readonly known: ColumnNames | undefined
  readonly shown: readonly string[]
  readonly show: (ids: readonly string[] | undefined) => void
}

export function ColumnPicker(props: ColumnPickerProps) {
  return (
    <Popover position="bottom-end" width={340} trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="columns" size={14} />}
          className="tool-button"
          aria-label="Columns"
        >
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <ColumnList {...props} />
      </Popover.Dropdown>
    </Popover>
  )
}

function allColumns(known: ColumnNames | undefined): readonly RunColumn[] {
  const ids = [
    ...attributeIds.filter((id) => id !== nameColumn),
    ...(known?.metrics ?? []).map((name) => `metrics.${name}`),
    ...(known?.metrics ?? []).map((name) => `trends.${name}`),
    ...(known?.params ?? []).map((name) => `params.${name}`),
    ...(known?.tags ?? []).filter((name) => !isOwnTag(name)).map((name) => `tags.${name}`),
    ...(known?.tags ?? []).filter(isOwnTag).map((name) => `tags.${name}`),
  ]
  return ids.map(columnOf).filter((column) => column !== undefined)
}

function ColumnList({ known, shown, show }: ColumnPickerProps) {
  const [text, setText] = useState('')
  const scroller = useRef<HTMLDivElement>(null)
  const chosen = useMemo(() => new Set(shown), [shown])
  // Those that were shown when the list opened come first, and stay where they are while one clicks.
  const [first] = useState(chosen)
  const all = useMemo(() => {
    const columns = allColumns(known)
    return [...columns.filter(({ id }) => first.has(id)), ...columns.filter(({ id }) => !first.has(id))]
  }, [known, first])
  const wanted = text.toLowerCase()
  const found = all.filter(
    ({ id, title }) => id.toLowerCase().includes(wanted) || title.toLowerCase().includes(wanted),
  )
  const lines = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 8,
  })
  const set = (column: RunColumn, on: boolean): void =>
    show(on ? [...shown, column.id] : shown.filter((id) => id !== column.id))
  return (
    <div className="picker">
      <TextInput
        placeholder={`Find one of ${all.length} columns`}
        aria-label="Find a column"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <div className="picker-list" ref={scroller} tabIndex={0} role="group" aria-label="Columns">
        <div style={{ height: lines.getTotalSize(), position: 'relative' }}>
          {lines.getVirtualItems().map(({ index, start }) => {
            const column = found[index]!
            return (
              <div key={column.id} className="picker-line" style={{ transform: `translateY(${start}px)` }}>
                <Checkbox
                  checked={chosen.has(column.id)}
                  label={
                    <span className="picker-label">
                      <span title={column.title}>{column.title}</span>
                      <small data-kind={column.kind}>{kindTitles[column.kind]}</small>
                    </span>
                  }
                  onChange={(event) => set(column, event.currentTarget.checked)}
                />
              </div>
            )
          })}
        </div>
        {found.length === 0 && <p className="picker-none">No column has “{text}” in its name.</p>}
      </div>
      <div className="picker-actions">
        <Button
          variant="subtle"
          color="gray"
          disabled={wanted === '' || found.length === 0}
          onClick={() => show([...new Set([...shown, ...found.map(({ id }) => id)])])}
        >
          Show the {found.length} found
        </Button>
        <Button variant="subtle" color="gray" onClick={() => show(undefined)}>
          As at first
        </Button>
      </div>
    </div>
  )
}
