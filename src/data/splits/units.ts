// What is dealt out: single rows, sets of equal rows, or groups. A unit's place depends on a hash of its values and the
// seed, not on its position, so adding or reordering rows moves few others.
import { combine32, DataError, hashNumber, mix32 } from '../../base/index.js'
import { groupRows, type RowHashes, rowHashes } from '../row-hash.js'
import { isTable, rowCountOf, type SplitOptions } from './split-options.js'

/** Rows that go together. */
export interface Unit {
  readonly rows: readonly number[]
  /** Where it stands in the seeded order. */
  readonly key: number
  /** Its most frequent class; 0 when classes do not count. */
  readonly stratum: number
}

/**
 * All units in the order of stratum, then key; `salt` makes independent orders from one seed.
 *
 * @throws {@link DataError} when there are fewer units than `parts`
 */
export function unitsOf(options: SplitOptions, salt: number, parts: number): readonly Unit[] {
  const hashes = unitHashes(options)
  const seed = mix32(combine32((options.seed ?? 0) | 0, salt))
  const members = rowsByUnit(options, hashes)
  if (members.length < parts) throw tooFew(options, members.length, parts)
  const units = members.map((rows): Unit => {
    return {
      rows,
      key: mix32(combine32(seed, hashes.low[rows[0]!]!)),
      stratum: stratumOf(rows, options.stratify),
    }
  })
  return inOrder(units, hashes)
}

/** Sorted by stratum, then key. Equal keys: different rows by the other hash, equal rows (when split) by position. */
function inOrder(units: readonly Unit[], { high }: RowHashes): Unit[] {
  // One number for both, in a flat array: a million units are sorted in a third of the time. Keys have 32 bits.
  const keys = Float64Array.from(units, ({ stratum, key }) => stratum * 2 ** 32 + key)
  const tie = (a: Unit, b: Unit): number => high[a.rows[0]!]! - high[b.rows[0]!]! || a.rows[0]! - b.rows[0]!
  const order = Uint32Array.from(units.keys()).sort(
    (a, b) => keys[a]! - keys[b]! || tie(units[a]!, units[b]!),
  )
  return Array.from(order, (at) => units[at]!)
}

function unitHashes({ rows, group }: SplitOptions): RowHashes {
  if (typeof group === 'string') {
    if (isTable(rows)) return rowHashes(rows, [group])
    throw new DataError(
      `split: group '${group}' is a name, expected a number per row, as only hashes of rows were given.`,
      {
        column: group,
      },
    )
  }
  if (group !== undefined) {
    return {
      low: Uint32Array.from(group, (value) => hashNumber(value)),
      high: Uint32Array.from(group, (value) => hashNumber(value, 1)),
    }
  }
  return isTable(rows) ? rowHashes(rows) : rows
}

function rowsByUnit({ rows, group, duplicates }: SplitOptions, hashes: RowHashes): number[][] {
  if (group === undefined && duplicates === 'split') {
    return Array.from({ length: rowCountOf(rows) }, (_, row) => [row])
  }
  const { ids, count } = groupRows(hashes)
  const members: number[][] = Array.from({ length: count }, () => [])
  ids.forEach((id, row) => members[id]!.push(row))
  return members
}

function stratumOf(rows: readonly number[], stratify: ArrayLike<number> | undefined): number {
  if (stratify === undefined) return 0
  if (rows.length === 1) return stratify[rows[0]!]!
  const counts = new Map<number, number>()
  for (const row of rows) counts.set(stratify[row]!, (counts.get(stratify[row]!) ?? 0) + 1)
  // The smaller class on a tie.
  return [...counts].reduce((best, entry) =>
    entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0]) ? entry : best,
  )[0]
}

function tooFew(options: SplitOptions, units: number, parts: number): DataError {
  const rows = rowCountOf(options.rows)
  const what =
    options.group !== undefined
      ? `${units} different groups. Choose a finer group, or fewer parts.`
      : units < rows
        ? `${units} different rows, and equal rows stay together. Pass { duplicates: 'split' } to let equal rows lie on both sides.`
        : `${rows} rows. Bring more data.`
  return new DataError(`split: expected at least ${parts} parts, but there are only ${what}`, {
    count: units,
    expected: parts,
  })
}
