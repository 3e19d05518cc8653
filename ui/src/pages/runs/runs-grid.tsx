// The table of runs: rows and columns that are out of sight are not in the document, keys move through it, the name stays in view.
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { RunRowData } from '../../../../src/app/http/api/page-types.js'
import { useLatest } from '../../base/latest.js'
import { useStored } from '../../base/stored.js'
import { type ColumnStyle, columnStyle } from './cells.js'
import { GridHead, type HeadActions } from './grid-head.js'
import { GridRow, type RowActions } from './grid-row.js'
import type { Item } from './grouping.js'
import { type Placed, placedColumns, useGridTable } from './grid-table.js'
import { gridKeys } from './grid-keys.js'
import type { RunColumn } from './run-columns.js'

/** Pixels; style sheets say the same. */
const rowHeight = 34
const headHeight = 44
/** Rows from the end at which more are asked for. */
const ahead = 150

/** As a type of its own properties, which an interface is not. */
type GridActions = Pick<HeadActions & RowActions, keyof HeadActions | keyof RowActions> & {
  readonly more: () => void
}

export interface GridProps {
  readonly items: readonly Item[]
  readonly runs: readonly RunRowData[]
  readonly columns: readonly RunColumn[]
  readonly pinned: readonly string[]
  readonly order: string | undefined
  readonly selected: ReadonlySet<string>
  readonly rowCount: number
  readonly busy: boolean
  readonly experimentName: (id: string) => string
  readonly actions: GridActions
}

export function RunsGrid(props: GridProps) {
  const { items, runs, columns, pinned, selected, rowCount, busy } = props
  const actions = useLatest(props.actions)
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const [sizing, setSizing] = useStored<Record<string, number>>('modelwright-widths', {})
  const table = useGridTable({ columns, pinned, sizing, setSizing })
  const placed = placedColumns(table, columns)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: headHeight,
    scrollMargin: 0,
  })
  const across = useVirtualizer({
    horizontal: true,
    count: placed.free.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => placed.free[i]?.size ?? 0,
    overscan: 3,
  })
  const widths = placed.free.map(({ size }) => size).join()
  useEffect(() => across.measure(), [across, widths])
  const styles = useMemo(
    () => new Map(columns.map((column): [string, ColumnStyle] => [column.id, columnStyle(column, runs)])),
    [columns, runs],
  )
  const visible = rows.getVirtualItems()
  const last = visible.at(-1)?.index ?? 0
  useEffect(() => {
    if (items.length > 0 && last >= items.length - ahead) actions.more()
  })
  const window = columnWindow(placed, across.getVirtualItems())
  const at = Math.min(active, items.length - 1)
  const move = (index: number): void => {
    setActive(index)
    rows.scrollToIndex(index, { align: 'auto' })
  }
  return (
    <div
      ref={scroller}
      className="grid"
      role="grid"
      aria-label="Runs"
      aria-multiselectable="true"
      aria-rowcount={rowCount + 1}
      aria-colcount={columns.length + 2}
      aria-activedescendant={items.length > 0 ? `row-${at}` : undefined}
      aria-busy={busy}
      tabIndex={0}
      onKeyDown={(event) =>
        gridKeys(event, {
          items,
          at,
          move,
          page: Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 2,
          actions,
        })
      }
    >
      <GridHead
        table={table}
        window={window}
        styles={styles}
        order={props.order}
        pinned={pinned}
        someSelected={items.length > 0 && selected.size > 0}
        actions={actions}
      />
      <div role="rowgroup" className="grid-body" style={{ height: rows.getTotalSize(), width: window.width }}>
        {visible.map(({ index, start }) => {
          const item = items[index]!
          return (
            <GridRow
              key={item.key}
              item={item}
              index={index}
              top={start}
              active={index === at}
              selected={item.type === 'run' && selected.has(item.run.runId)}
              window={window}
              styles={styles}
              experimentName={props.experimentName}
              onPoint={setActive}
              actions={actions}
            />
          )
        })}
      </div>
    </div>
  )
}

/** The columns in sight, and how much room is left out before and after them. */
export interface ColumnWindow {
  readonly pinned: readonly Placed[]
  readonly free: readonly Placed[]
  readonly before: number
  readonly after: number
  readonly width: number
}

function columnWindow(
  { pinned, free, width }: ReturnType<typeof placedColumns>,
  visible: readonly { readonly index: number; readonly start: number; readonly end: number }[],
): ColumnWindow {
  const freeWidth = free.reduce((sum, { size }) => sum + size, 0)
  return {
    pinned,
    free: visible.map(({ index }) => free[index]).filter((column) => column !== undefined),
    before: visible[0]?.start ?? 0,
    after: freeWidth - (visible.at(-1)?.end ?? freeWidth),
    width,
  }
}
