// JSON rows leave out what they do not know: a key that no row of a source has is a missing value, as one that some lack.
import { closestName } from '../base/index.js'
import { type Column, numberColumn } from './column.js'
import type { DataWarning } from './infer/index.js'
import { type Field, listNames } from './table.js'

/**
 * Adds the columns of a schema that a JSON source does not have, without any value. Where none is there, or another
 * name is so near that it may be meant, they stay absent, and are refused.
 */
export function withAbsentKeys(
  columns: ReadonlyMap<string, Column>,
  fields: readonly Field[],
  warn: (warning: DataWarning) => void,
): ReadonlyMap<string, Column> {
  const absent = fields.map(({ name }) => name).filter((name) => !columns.has(name))
  if (absent.length === 0 || absent.length === fields.length) return columns
  const others = [...columns.keys()].filter((name) => !fields.some((field) => field.name === name))
  if (absent.some((name) => closestName(name, others) !== undefined)) return columns
  warn({
    code: 'absent-keys',
    column: absent[0]!,
    message: `No row has ${listNames(absent)}; read as missing.`,
  })
  const rows = [...columns.values()][0]!.length
  const nothing = numberColumn(new Float64Array(rows).fill(Number.NaN))
  return new Map([...columns, ...absent.map((name) => [name, nothing] as const)])
}
