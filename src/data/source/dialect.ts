// Which delimiter, which quotes, and whether the first record names the columns. Done by us rather than by DuckDB's
// sniffer, which renames duplicate names, skips odd first lines and drops leading zeros without a word.
import { isMissingText, parseNumber, parseTimestamp } from '../infer/index.js'
import { type Dialect, type Records, splitRecords } from './records.js'

/** Records looked at: enough to see a pattern, few enough to be free. */
const limit = 200

const candidates = (first: string): Dialect[] => {
  const delimiters = [first, ...[',', '\t', ';', '|'].filter((delimiter) => delimiter !== first)]
  const quotings = [
    { quote: '"', escape: '"' },
    { quote: '"', escape: '\\' },
    { quote: '', escape: '"' },
  ] as const
  const all = quotings.flatMap((quoting) => delimiters.map((delimiter) => ({ delimiter, ...quoting })))
  // Only files with tabs are commonly written without quoting; elsewhere an open quote is an error to be told.
  return all.filter(({ delimiter, quote }) => quote !== '' || delimiter === '\t')
}

export interface Sniffed {
  readonly dialect: Dialect
  readonly records: Records
}

/**
 * The dialect under which the records of a text are most alike: no malformed quotes first, then records of one width,
 * then more columns; in doubt a comma (a tab for .tsv) and doubled quotes.
 */
export function sniffDialect(text: string, whole: boolean, file: string): Sniffed {
  const first = /\.(tsv|tab)(\.gz)?$/i.test(file) ? '\t' : ','
  let best: (Sniffed & { score: readonly number[] }) | undefined
  for (const dialect of candidates(first)) {
    const records = splitRecords(text, dialect, { whole, limit })
    const score = scoreOf(records, dialect)
    if (best === undefined || isBetter(score, best.score)) best = { dialect, records, score }
  }
  return best!
}

function scoreOf({ rows, malformed }: Records, dialect: Dialect): readonly number[] {
  const width = rows[0]?.length ?? 1
  const alike =
    rows.filter((row) => row.length === width || row.join('') === '').length / Math.max(1, rows.length)
  // Splitting at nothing is always consistent: one column counts only when nothing else fits.
  const split = width > 1 && alike > 0.5 ? 1 : 0
  // Without quoting no quote can be malformed: it must win by more than that.
  return [split, dialect.quote === '' ? -0.5 : malformed === 0 ? 0 : -1, alike, width]
}

function isBetter(a: readonly number[], b: readonly number[]): boolean {
  const differing = a.findIndex((value, i) => value !== b[i])
  return differing >= 0 && a[differing]! > b[differing]!
}

/**
 * Whether the first record names the columns. It does for certain where it has a word over numbers or dates; otherwise
 * not, when it holds a number or date over a column of such, or a text that comes again in its own column.
 */
export function hasHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = rows
  if (first === undefined || rest.length === 0) return true
  const signs = first.map((cell, column) => signOf(cell, rest, column))
  return signs.includes('name') || !signs.includes('value')
}

/** What one cell of the first record says by comparison with those below it. */
function signOf(
  cell: string,
  rest: readonly (readonly string[])[],
  column: number,
): 'name' | 'value' | undefined {
  const below = rest.map((row) => row[column] ?? '').filter((text) => !isMissingText(text))
  if (below.length === 0 || isMissingText(cell)) return undefined
  const overValues = below.every(isValue)
  if (isValue(cell)) return overValues || isValue(below[0]!) ? 'value' : undefined
  if (overValues) return 'name'
  return below.includes(cell) ? 'value' : undefined
}

const isValue = (text: string): boolean =>
  !Number.isNaN(parseNumber(text.trim())) || !Number.isNaN(parseTimestamp(text.trim(), 'iso'))
