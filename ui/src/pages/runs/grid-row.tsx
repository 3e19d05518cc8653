// One row of the table: a run, or the head of a group.
import { memo, type ReactNode } from 'react'
import { Link } from 'wouter'
import { inPath } from '../../api/queries.js'
import { plural } from '../../base/format.js'
import { Icon } from '../../parts/icon.js'
import { Cell, type ColumnStyle } from './cells.js'
import { idsOf } from './grid-keys.js'
import { checkWidth, type Placed } from './grid-table.js'
import { type GroupItem, type Item, meanOf } from './grouping.js'
import { nameColumn } from './run-columns.js'
import type { ColumnWindow } from './runs-grid.js'

export interface RowActions {
  /** Selects those that are not, or takes all back when all are selected. */
  toggle(runIds: readonly string[]): void
  /** From the last one that was clicked to this one. */
  toggleTo(runId: string): void
  selectRange(runIds: readonly string[]): void
  clear(): void
  open(runId: string): void
  fold(key: string): void
}

interface RowProps {
  readonly item: Item
  readonly index: number
  readonly top: number
  readonly active: boolean
  readonly selected: boolean
  readonly window: ColumnWindow
  readonly styles: ReadonlyMap<string, ColumnStyle>
  readonly experimentName: (id: string) => string
  readonly onPoint: (index: number) => void
  readonly actions: RowActions
}

/** How many of the memoized properties matter when a table scrolls: all but functions, which change with every look at it. */
const isSame = (a: RowProps, b: RowProps): boolean =>
  a.item === b.item &&
  a.index === b.index &&
  a.top === b.top &&
  a.active === b.active &&
  a.selected === b.selected &&
  a.styles === b.styles &&
  sameWindow(a.window, b.window)

export const sameWindow = (a: ColumnWindow, b: ColumnWindow): boolean =>
  a.before === b.before &&
  a.width === b.width &&
  a.free.length === b.free.length &&
  a.pinned.length === b.pinned.length &&
  [...a.pinned, ...a.free].every((placed, i) => {
    const other = [...b.pinned, ...b.free][i]!
    return placed.column === other.column && placed.size === other.size
  })

export const GridRow = memo(function GridRow(props: RowProps) {
  const { item, index, top, active, selected, window, onPoint } = props
  return (
    <div
      id={`row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-expanded={item.type === 'group' ? item.open : undefined}
      className={`grid-row${item.type === 'group' ? ' is-group' : ''}`}
      data-active={active}
      style={{ transform: `translateY(${top}px)`, width: window.width }}
      onPointerDown={() => onPoint(index)}
    >
      <CheckCell {...props} />
      {window.pinned.map((placed) => (
        <RowCell key={placed.column.id} placed={placed} stuck {...props} />
      ))}
      <span style={{ width: window.before, flex: 'none' }} />
      {window.free.map((placed) => (
        <RowCell key={placed.column.id} placed={placed} {...props} />
      ))}
      <span style={{ width: window.after, flex: 'none' }} />
    </div>
  )
}, isSame)

function CheckCell({ item, selected, actions }: RowProps) {
  return (
    <div
      role="gridcell"
      aria-colindex={1}
      className="grid-cell is-check is-stuck"
      style={{ width: checkWidth, left: 0 }}
    >
      <input
        type="checkbox"
        tabIndex={-1}
        checked={selected}
        aria-label={item.type === 'run' ? `Select ${item.run.name}` : 'Select the runs of this group'}
        onChange={() => undefined}
        onClick={(event) => {
          if (event.shiftKey && item.type === 'run') actions.toggleTo(item.run.runId)
          else actions.toggle(idsOf(item))
        }}
      />
    </div>
  )
}

interface CellSlot extends RowProps {
  readonly placed: Placed
  readonly stuck?: boolean
}

function RowCell(props: CellSlot) {
  const { placed, stuck = false, styles } = props
  const style = styles.get(placed.column.id)
  const classes = [
    'grid-cell',
    stuck && 'is-stuck',
    stuck && placed.lastPinned && 'is-edge',
    style?.numeric && 'is-number',
  ]
  return (
    <div
      role="gridcell"
      aria-colindex={placed.number}
      className={classes.filter(Boolean).join(' ')}
      style={{ width: placed.size, ...(stuck && { left: placed.left }) }}
    >
      {contentOf(props, style)}
    </div>
  )
}

function contentOf(
  { item, placed, experimentName, actions }: CellSlot,
  style: ColumnStyle | undefined,
): ReactNode {
  const { column } = placed
  if (item.type === 'group') {
    if (column.id === nameColumn) return <GroupName group={item} fold={() => actions.fold(item.key)} />
    const mean = meanOf(column, item.runs)
    return mean === undefined ? null : <span title={`Mean of the group: ${mean}`}>{style?.format(mean)}</span>
  }
  if (column.id === nameColumn) {
    return (
      <Link to={`/runs/${inPath(item.run.runId)}`} tabIndex={-1} title={item.run.name} className="run-link">
        {item.run.name}
      </Link>
    )
  }
  return style && <Cell column={column} run={item.run} style={style} experimentName={experimentName} />
}

function GroupName({ group, fold }: { readonly group: GroupItem; readonly fold: () => void }) {
  return (
    <button type="button" className="group-name" tabIndex={-1} onClick={fold}>
      <Icon name={group.open ? 'down' : 'right'} size={14} />
      <span>{group.value ?? 'None'}</span>
      <small>{plural(group.runs.length, 'run')}</small>
    </button>
  )
}
