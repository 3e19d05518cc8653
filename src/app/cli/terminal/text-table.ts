// Tables that fit the width: columns that may be missed go first, then the widest column gives way, names and numbers last.
import { plainText } from './style.js'

/** One column of a text table. */
export interface TextColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Left out where there is no room, the last such column first. */
  readonly mayGo?: boolean
  /** Holds names, which are cut last. */
  readonly names?: boolean
  /** Cells that do not fit keep their end: that of a path tells more than its beginning. */
  readonly ending?: boolean
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** East Asian wide letters and emoji take two cells of a terminal; see Unicode's standard annex 11. */
const wide =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|[\uFF01-\uFF60]|\uFE0F/u
/** What takes no cell: marks and formatting characters. */
const nothing = /^[\p{Mark}\p{Format}\p{Control}\p{Surrogate}]+$/u

const clusterWidth = (cluster: string): number => (nothing.test(cluster) ? 0 : wide.test(cluster) ? 2 : 1)

/** Cells that a text takes on a terminal; colour codes take none. */
export function displayWidth(text: string): number {
  const plain = plainText(text)
  // Most text is ASCII, where each character is one cell.
  if (/^[\x20-\x7E]*$/.test(plain)) return plain.length
  let width = 0
  for (const { segment } of graphemes.segment(plain)) width += clusterWidth(segment)
  return width
}

/** A cell on one line. */
const oneLine = (text: string): string => text.replace(/\r\n|[\n\r\u2028\u2029]/g, '↵').replaceAll('\t', ' ')

/** Lines of a table with a header; cells that do not fit end in `…`. */
export function textTable(
  columns: readonly TextColumn[],
  given: readonly (readonly string[])[],
  width: number,
): string[] {
  const rows = given.map((row) => row.map(oneLine))
  const bodies = columns.map((_, j) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[j]!)), 0),
  )
  const widths = columns.map(({ title }, j) => Math.max(bodies[j]!, displayWidth(title)))
  const excessOf = (): number => widths.reduce((sum, own) => sum + own, 2 * (widths.length - 1)) - width
  const going = columns.findLastIndex(({ mayGo }) => mayGo === true)
  if (excessOf() > 0 && going >= 0) {
    const without = <T>(list: readonly T[]): T[] => list.filter((_, j) => j !== going)
    return textTable(without(columns), rows.map(without), width)
  }
  // A name or a number that is cut tells nothing; the title above it does.
  const floors = columns.map(({ names, align }, j) =>
    names === true ? widths[j]! : align === 'right' ? bodies[j]! : 0,
  )
  narrow(widths, excessOf(), floors)
  narrow(widths, excessOf())
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, j) => pad(cell, widths[j]!, columns[j]!))
      .join('  ')
      .trimEnd()
  return [line(columns.map((column) => column.title)), ...rows.map(line)]
}

// Six characters still tell one name from another.
const leastWidth = 6

/** Takes cells away, always from the widest column that is wider than its floor. */
function narrow(widths: number[], excess: number, floors: readonly number[] = []): void {
  for (let over = excess; over > 0; over--) {
    const spare = widths.map((own, j) => (own > Math.max(leastWidth, floors[j] ?? 0) ? own : 0))
    const widest = spare.indexOf(Math.max(...spare))
    if (spare[widest] === 0) return
    widths[widest]!--
  }
}

function pad(cell: string, width: number, { align = 'left', ending = false }: TextColumn): string {
  const shown = displayWidth(cell) > width ? (ending ? cutStart : cut)(plainText(cell), width) : cell
  const space = ' '.repeat(width - displayWidth(shown))
  return align === 'left' ? shown + space : space + shown
}

/** As much of a text as fits before `…`. */
function cut(text: string, width: number): string {
  let shown = ''
  let used = 1
  for (const { segment } of graphemes.segment(text)) {
    used += clusterWidth(segment)
    if (used > width) break
    shown += segment
  }
  return `${shown}…`
}

/** As much of the end of a text as fits after `…`. */
function cutStart(text: string, width: number): string {
  const shown: string[] = []
  let used = 1
  for (const { segment } of [...graphemes.segment(text)].toReversed()) {
    used += clusterWidth(segment)
    if (used > width) break
    shown.unshift(segment)
  }
  return `…${shown.join('')}`
}
