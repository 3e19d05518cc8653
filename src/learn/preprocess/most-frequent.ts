// The most frequent value of a column; among equals the smallest, so that row order does not matter.
import type { NumberArray, StringColumn } from '../../data/index.js'

/** The most frequent number, or NaN when there is none. */
export function mostFrequentNumber(values: NumberArray): number {
  const counts = new Map<number, number>()
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value === value) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return best(counts, (a, b) => a < b) ?? Number.NaN
}

/** The most frequent text, or undefined when there is none. */
export function mostFrequentText(column: StringColumn): string | undefined {
  const byCode = new Float64Array(column.dictionary.length)
  for (let row = 0; row < column.length; row++) {
    const code = column.codes[row]!
    if (code >= 0) byCode[code]!++
  }
  const seen = column.dictionary.map((text, code) => [text, byCode[code]!] as const)
  return best(new Map(seen.filter(([text, count]) => count > 0 && text !== '')), (a, b) => a < b)
}

function best<T>(counts: ReadonlyMap<T, number>, before: (a: T, b: T) => boolean): T | undefined {
  let winner: T | undefined
  let most = 0
  for (const [value, count] of counts) {
    if (count > most || (count === most && winner !== undefined && before(value, winner))) {
      winner = value
      most = count
    }
  }
  return winner
}
