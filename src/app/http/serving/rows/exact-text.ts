// Whole numbers that JSON.parse has rounded are no harm in a column of float64 numbers, which would round them too; in a column of
// texts, such as identifiers, they would be another text. Those are refused.
import { quote, UsageError } from '../../../../base/index.js'
import type { Cell, Row } from '../../../../data/index.js'
import type { VersionDescription } from '../../../../operate/serve/index.js'

/** @throws {@link UsageError} for a number beyond 2^53 in a column of texts */
export function refuseRoundedText(
  rows: readonly Row[],
  { columns = [] }: Pick<VersionDescription, 'columns'>,
): void {
  for (const { name, type } of columns) {
    if (type !== 'string') continue
    const found = rows.find((row) => isRounded(row[name]))
    if (found === undefined) continue
    throw new UsageError(
      `Column ${quote(name)} holds texts; the number ${String(found[name])} has lost digits on its way, as numbers beyond 2^53 do. Send it as text, in quotes.`,
      { argument: name },
    )
  }
}

/** Whether it may be another number than was written. */
export const isRounded = (value: Cell): boolean =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
