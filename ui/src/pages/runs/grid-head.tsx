// The head of the table: a click sorts, the menu does the rest, the right edge of a column resizes it.
import { ActionIcon, Menu } from '@mantine/core'
import { memo } from 'react'
import { Icon } from '../../parts/icon.js'
import type { ColumnStyle } from './cells.js'
import { checkWidth, type GridTable, type Placed } from './grid-table.js'
import { canSort, kindTitles, nameColumn, searchName, type RunColumn } from './run-columns.js'
import { sameWindow } from './grid-row.js'
import type { ColumnWindow } from './runs-grid.js'

export interface HeadActions {
  /** `metrics.rmse ASC`; undefined goes back to newest first. */
  order(order: string | undefined): void
  pin(id: string): void
  hide(id: string): void
  groupBy(id: string): void
  filterBy(id: string): void
  selectAll(): void
}

interface HeadProps {
  readonly table: GridTable
  readonly window: ColumnWindow
  readonly order: string | undefined
  readonly pinned: readonly string[]
  readonly someSelected: boolean
  readonly actions: HeadActions
  readonly styles: ReadonlyMap<string, ColumnStyle>
}

/** A dozen menus: scrolling must not draw them anew. */
const isSame = (a: HeadProps, b: HeadProps): boolean =>
  a.order === b.order &&
  a.pinned === b.pinned &&
  a.someSelected === b.someSelected &&
  a.styles === b.styles &&
  a.window.after === b.window.after &&
  sameWindow(a.window, b.window)

export const GridHead = memo(function GridHead(props: HeadProps) {
  const { window, someSelected, actions } = props
  return (
    <div role="rowgroup" className="grid-head" style={{ width: window.width }}>
      <div role="row" aria-rowindex={1} className="grid-head-row">
        <div
          role="columnheader"
          aria-colindex={1}
          className="grid-th is-check is-stuck"
          style={{ width: checkWidth, left: 0 }}
        >
          <input
            type="checkbox"
            checked={someSelected}
            aria-label="Select all rows that are loaded"
            onChange={() => actions.selectAll()}
          />
        </div>
        {window.pinned.map((placed) => (
          <HeadCell key={placed.column.id} placed={placed} stuck {...props} />
        ))}
        <span role="presentation" style={{ width: window.before, flex: 'none' }} />
        {window.free.map((placed) => (
          <HeadCell key={placed.column.id} placed={placed} stuck={false} {...props} />
        ))}
        <span role="presentation" style={{ width: window.after, flex: 'none' }} />
      </div>
    </div>
  )
}, isSame)

interface HeadCellProps extends HeadProps {
  readonly placed: Placed
  readonly stuck: boolean
}

type Direction = 'ascending' | 'descending' | 'none'

function directionOf(column: RunColumn, order: string | undefined): Direction {
  if (order === undefined) return column.id === 'attributes.start_time' ? 'descending' : 'none'
  if (order === `${searchName(column)} ASC`) return 'ascending'
  return order === `${searchName(column)} DESC` ? 'descending' : 'none'
}

function HeadCell({ placed, stuck, table, order, actions, pinned, styles }: HeadCellProps) {
  const { column, size, left, lastPinned, number } = placed
  const direction = directionOf(column, order)
  const numeric = styles.get(column.id)?.numeric
  const turn = (): void =>
    actions.order(
      direction === 'none'
        ? `${searchName(column)} ${column.kind === 'metrics' ? 'DESC' : 'ASC'}`
        : `${searchName(column)} ${direction === 'ascending' ? 'DESC' : 'ASC'}`,
    )
  const resize = table
    .getFlatHeaders()
    .find(({ column: found }) => found.id === column.id)
    ?.getResizeHandler()
  return (
    <div
      role="columnheader"
      aria-colindex={number}
      aria-sort={direction}
      className={['grid-th', stuck && 'is-stuck', stuck && lastPinned && 'is-edge', numeric && 'is-number']
        .filter(Boolean)
        .join(' ')}
      style={{ width: size, ...(stuck && { left }) }}
    >
      <button
        type="button"
        className="th-name"
        disabled={!canSort(column)}
        onClick={turn}
        title={column.title}
      >
        {column.kind !== 'attributes' && <small>{kindTitles[column.kind]}</small>}
        <span>
          <span className="th-title">{column.title}</span>
          {direction !== 'none' && (
            <Icon name={direction === 'ascending' ? 'sortUp' : 'sortDown'} size={12} />
          )}
        </span>
      </button>
      <HeadMenu column={column} isPinned={pinned.includes(column.id)} actions={actions} />
      <span className="th-edge" onMouseDown={resize} onTouchStart={resize} role="presentation" />
    </div>
  )
}

interface HeadMenuProps {
  readonly column: RunColumn
  readonly isPinned: boolean
  readonly actions: HeadActions
}

function HeadMenu({ column, isPinned, actions }: HeadMenuProps) {
  const name = searchName(column)
  const fixed = column.id === nameColumn
  return (
    <Menu position="bottom-end" width={170}>
      <Menu.Target>
        <ActionIcon size="xs" className="th-menu" aria-label={`Options of ${column.title}`}>
          <Icon name="more" size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {canSort(column) && (
          <>
            <Menu.Item
              leftSection={<Icon name="sortUp" size={14} />}
              onClick={() => actions.order(`${name} ASC`)}
            >
              Sort ascending
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="sortDown" size={14} />}
              onClick={() => actions.order(`${name} DESC`)}
            >
              Sort descending
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="search" size={14} />}
              onClick={() => actions.filterBy(column.id)}
            >
              Filter by this
            </Menu.Item>
          </>
        )}
        {column.kind !== 'trends' && !fixed && (
          <Menu.Item leftSection={<Icon name="group" size={14} />} onClick={() => actions.groupBy(column.id)}>
            Group by this
          </Menu.Item>
        )}
        {!fixed && (
          <>
            <Menu.Item leftSection={<Icon name="pin" size={14} />} onClick={() => actions.pin(column.id)}>
              {isPinned ? 'Unpin' : 'Pin to the left'}
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="cross" size={14} />} onClick={() => actions.hide(column.id)}>
              Hide
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
