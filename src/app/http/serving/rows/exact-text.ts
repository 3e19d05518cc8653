// Whole numbers that JSON.parse has rounded are no harm in a column of float64 numbers, which would round them too; in a column of
// texts, such as identifiers, they would be another text. Those are refused.
import { quote, UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import type { VersionDescription } from '../../../../operate/serve/index.js'

/**
 * @param describe - called only when there is a number of such a size
 * @throws {@link UsageError} for a number beyond 2^53 in a column of texts
 */
export function refuseRoundedText(rows: readonly Row[], describe: () => VersionDescription): void {
  for (const row of rows) {
    for (const name in row) {
      const value = row[name]
      if (typeof value === 'number' && isRounded(value)) refuseInText(name, value, describe())
    }
  }
}

const isRounded = (value: number): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)

function refuseInText(name: string, value: number, { columns = [] }: VersionDescription): void {
  if (columns.find((column) => column.name === name)?.type !== 'string') return
  throw new UsageError(
    `Column ${quote(name)} holds texts; the number ${value} has lost digits on its way, as numbers beyond 2^53 do. Send it as text, in quotes.`,
    { argument: name },
  )
}
