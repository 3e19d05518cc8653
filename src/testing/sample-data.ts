// Small made-up data with a known pattern, so that a check can say whether anything was learned.
import { rng } from '../base/index.js'
import {
  booleanColumn,
  type Column,
  encodeStrings,
  numberColumn,
  table,
  type Table,
  timestampColumn,
} from '../data/index.js'
import type { Label } from '../learn/contracts/index.js'

/** A table with its target. */
export interface Sample {
  readonly x: Table
  readonly labels: readonly Label[]
  readonly values: Float64Array
}

/** How a sample is made. */
export interface SampleOptions {
  readonly rows: number
  readonly seed: number
  readonly classes: number
  /** Text, booleans, dates and missing values beside the numbers. */
  readonly mixed: boolean
}

// As a database pads them; 'NA' is a name like any other there, and a missing value in a file.
const grades = ['A    ', 'NA', 'B', ' B']
const cities = ['Oslo', 'Bern', 'Rome', 'Riga']

/** Rows whose target depends on the first two columns, and a little on chance. */
export function makeSample({ rows, seed, classes, mixed }: SampleOptions): Sample {
  const random = rng(seed).split('sample')
  const signal = numbers(rows, () => random.normal())
  const other = numbers(rows, () => random.normal())
  const noise = numbers(rows, () => random.normal())
  const values = signal.map((value, i) => 2 * value - other[i]! + 0.3 * random.normal())
  const columns: Record<string, Column> = {
    signal: numberColumn(signal),
    other: numberColumn(other),
    noise: numberColumn(noise),
  }
  if (mixed) Object.assign(columns, mixedColumns(rows, random.split('mixed'), values))
  return { x: table(columns), values, labels: labelsFor(values, classes) }
}

const numbers = (rows: number, draw: () => number): Float64Array => Float64Array.from({ length: rows }, draw)

function mixedColumns(
  rows: number,
  random: ReturnType<typeof rng>,
  values: Float64Array,
): Record<string, Column> {
  const holes = (value: number): number => (random.uniform() < 0.1 ? Number.NaN : value)
  const day = 86_400_000
  return {
    gaps: numberColumn(values.map((value) => holes(value + random.normal()))),
    city: encodeStrings(
      Array.from(values, (value) =>
        random.uniform() < 0.1 ? null : cities[(value > 0 ? 0 : 2) + random.below(2)]!,
      ),
    ),
    member: booleanColumn(
      Uint8Array.from(values, (value) => (random.uniform() < 0.1 ? 255 : Number(value > 0))),
    ),
    since: timestampColumn(numbers(rows, () => holes(1.5e12 + Math.floor(random.uniform() * 900) * day))),
    grade: encodeStrings(Array.from(values, (value) => grades[(value > 0 ? 0 : 2) + random.below(2)]!)),
  }
}

/** Classes of equal size by the order of the values: 'a', 'b', 'c' … */
function labelsFor(values: Float64Array, classes: number): string[] {
  const sorted = values.toSorted()
  return Array.from(values, (value) => {
    let code = 0
    while (code < classes - 1 && value > sorted[Math.floor(((code + 1) * sorted.length) / classes)]!) code++
    return 'abcdefgh'[code]!
  })
}
