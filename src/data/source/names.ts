// Names a table can have: each given, each once.
import { DataError } from '../../base/index.js'
import { listNames } from '../table.js'

/** @throws {@link DataError} naming the empty or repeated names */
export function checkNames(names: readonly string[], subject: string): void {
  const empty = names.flatMap((name, i) => (name === '' ? [i + 1] : []))
  if (empty.length > 0) {
    throw new DataError(
      `${subject}: column ${empty.slice(0, 8).join(', ')} of ${names.length} has no name. Give every column a name in the first line.`,
      { columns: empty },
    )
  }
  // DuckDB's names do not differ by case alone.
  const seen = new Set<string>()
  const repeated = names.filter((name) => seen.has(name.toLowerCase()) || !seen.add(name.toLowerCase()))
  if (repeated.length > 0) {
    throw new DataError(
      `${subject}: more than one column is named ${listNames([...new Set(repeated)])}. Rename them so that each name is used once (upper and lower case count as equal).`,
      { columns: [...new Set(repeated)] },
    )
  }
}
