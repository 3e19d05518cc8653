// Widths and pins of the columns, kept by TanStack Table; what a cell shows is our own.
import {
  columnPinningFeature,
  columnResizingFeature,
  columnSizingFeature,
  type ReactTable,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useMemo } from 'react'
import { nameColumn, type RunColumn } from './run-columns.js'

const features = tableFeatures({ columnSizingFeature, columnResizingFeature, columnPinningFeature })
type Features = typeof features
type Nothing = Readonly<Record<string, never>>
export type GridTable = ReactTable<Features, Nothing>

/** Pixels of the column of check boxes, which stands before all others. */
export const checkWidth = 38
const narrowest = 64
const widest = 900
const noRows: Nothing[] = []

interface TableSettings {
  readonly columns: readonly RunColumn[]
  readonly pinned: readonly string[]
  readonly sizing: Record<string, number>
  readonly setSizing: (
    change: Record<string, number> | ((old: Record<string, number>) => Record<string, number>),
  ) => void
}

export function useGridTable({ columns, pinned, sizing, setSizing }: TableSettings): GridTable {
  const definitions = useMemo(
    () =>
      columns.map(({ id, title, size }) => ({
        id,
        header: title,
        size,
        minSize: narrowest,
        maxSize: widest,
        accessorFn: () => undefined,
      })),
    [columns],
  )
  const columnPinning = useMemo(() => ({ start: [nameColumn, ...pinned], end: [] }), [pinned])
  return useTable<Features, Nothing>({
    features,
    columns: definitions,
    data: noRows,
    columnResizeMode: 'onChange',
    state: { columnPinning, columnSizing: sizing },
    onColumnSizingChange: setSizing,
  })
}

/** A column with its place: `left` is where a pinned one sticks. */
export interface Placed {
  readonly column: RunColumn
  readonly size: number
  readonly left: number
  /** Counted from 1, after the check box. */
  readonly number: number
  readonly lastPinned: boolean
}

export function placedColumns(
  table: GridTable,
  columns: readonly RunColumn[],
): { readonly pinned: readonly Placed[]; readonly free: readonly Placed[]; readonly width: number } {
  const known = new Map(columns.map((column) => [column.id, column]))
  const start = table.getStartLeafColumns()
  const center = table.getCenterLeafColumns()
  let left = checkWidth
  const place = (list: typeof start, from: number): Placed[] =>
    list.flatMap((found, i) => {
      const column = known.get(found.id)
      if (column === undefined) return []
      const size = found.getSize()
      const placed = { column, size, left, number: from + i, lastPinned: i === list.length - 1 }
      left += size
      return [placed]
    })
  const pinned = place(start, 2)
  const free = place(center, 2 + pinned.length)
  return { pinned, free, width: left }
}
