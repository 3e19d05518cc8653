// Tables that fit the width: the widest text column gives way first.
import { plainText } from './style.js'

/** One column of a text table. */
export interface TextColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
}

const widthOf = (text: string): number => plainText(text).length

/** Lines of a table with a header; cells that do not fit end in `…`. */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const widths = columns.map((column, j) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[j]!))),
  )
  const gaps = 2 * (columns.length - 1)
  let excess = widths.reduce((sum, own) => sum + own, gaps) - width
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    // Six characters still tell one name from another.
    if (widths[widest]! <= 6) break
    widths[widest]!--
    excess--
  }
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, j) => pad(cell, widths[j]!, columns[j]!.align ?? 'left'))
      .join('  ')
      .trimEnd()
  return [line(columns.map((column) => column.title)), ...rows.map(line)]
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const own = widthOf(cell)
  if (own > width) return `${plainText(cell).slice(0, width - 1)}…`
  const space = ' '.repeat(width - own)
  return align === 'left' ? cell + space : space + cell
}
