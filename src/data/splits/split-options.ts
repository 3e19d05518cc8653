// What every split is told, and what it says beside its result.
import {
  InvalidOptionError,
  nameOf,
  oneOf,
  type OptionChecks,
  seedOption,
  UsageError,
} from '../../base/index.js'
import type { RowHashes } from '../row-hash.js'
import type { Table } from '../table.js'

/** Which rows to split, and what must hold. */
export interface SplitOptions {
  /** The features (without the target), or their hashes: equal rows stay together. */
  readonly rows: Table | RowHashes
  /** Equal seeds give equal splits. @default 0 */
  readonly seed?: number | undefined
  /** A class per row (any whole numbers); each part gets each class in proportion. */
  readonly stratify?: ArrayLike<number> | undefined
  /** The names of those classes, for warnings. @default their numbers */
  readonly classes?: readonly (string | number | boolean)[] | undefined
  /** A column of `rows`, or a number per row: rows of one group stay together. */
  readonly group?: string | ArrayLike<number> | undefined
  /** A column of `rows`, or a time per row: later rows are tested on models of earlier rows. */
  readonly time?: string | ArrayLike<number> | undefined
  /** `'split'` lets equal rows lie on both sides. @default 'together' */
  readonly duplicates?: 'together' | 'split' | undefined
}

/** Something the user should know; the split stands. */
export interface SplitWarning {
  readonly code: 'rare-class' | 'split-size' | 'missing-time'
  readonly message: string
}

/** @throws {@link UsageError} for a table or rows where options belong */
export function requireSplitOptions(options: unknown, name: string): asserts options is SplitOptions {
  const rows = has(options, 'rows') ? options.rows : undefined
  if (has(rows, 'rowCount') || has(rows, 'low')) return
  const received =
    rows !== undefined ? `${nameOf(rows)} as rows` : has(options, 'rowCount') ? 'a table' : nameOf(options)
  throw new UsageError(
    `${name}: expected options whose rows are a table; received ${received}. Give them so: ${name}({ rows: table }); fromRows makes a table of objects.`,
    { argument: 'options' },
  )
}

export const isTable = (rows: Table | RowHashes): rows is Table => 'rowCount' in rows

export const rowCountOf = (rows: Table | RowHashes): number =>
  isTable(rows) ? rows.rowCount : rows.low.length

/** Column or numbers; the length of numbers is looked at beside the rows. */
const perRow = {
  expected: 'the name of a column, or a list of one number per row',
  accepts: (value: unknown) => typeof value === 'string' || isList(value),
}
const list = { expected: 'a list of one value per row', accepts: isList }

/** How the options of every split are checked; `requireSplitOptions` looks at the rows. */
export const splitChecks: OptionChecks<SplitOptions> = {
  rows: true,
  seed: seedOption,
  stratify: list,
  classes: { ...list, expected: 'a list of names' },
  group: perRow,
  time: perRow,
  duplicates: oneOf(['together', 'split'], { default: 'together' }),
}

function has<Name extends string>(value: unknown, name: Name): value is Readonly<Record<Name, unknown>> {
  return typeof value === 'object' && value !== null && name in value
}

function isList(value: unknown): boolean {
  return has(value, 'length')
}

/** @throws {@link InvalidOptionError} when time comes with what contradicts it, or lengths differ */
export function checkSplitOptions(options: SplitOptions): void {
  const rows = rowCountOf(options.rows)
  if (options.time !== undefined && (options.group !== undefined || options.stratify !== undefined)) {
    throw new InvalidOptionError(
      `split: option 'time' must stand alone; received it with '${options.group === undefined ? 'stratify' : 'group'}'. A split by time can keep neither groups nor shares of classes.`,
      { option: 'time', expected: 'no group and no stratify', received: options },
    )
  }
  for (const option of ['stratify', 'group', 'time'] as const) {
    const values = options[option]
    if (values === undefined || typeof values === 'string' || values.length === rows) continue
    throw new InvalidOptionError(
      `split: option '${option}' must be one value for each of ${rows} rows; received ${values.length}.`,
      { option, expected: rows, received: values.length },
    )
  }
}
