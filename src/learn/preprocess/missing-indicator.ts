// Tells the learner where values are missing.
import { defineOptions, oneOf } from '../../base/index.js'
import { table } from '../../data/index.js'
import { defineTransformer } from '../contracts/index.js'
import { hasMissing, indicatorColumn, indicatorsInGraph } from './missing.js'
import { numberTypes } from './number-columns.js'

/** Options of {@link missingIndicator}. */
export interface MissingIndicatorOptions {
  /** Which columns get an indicator: those that have missing values in training, or all. @default 'missing-only' */
  readonly features: 'missing-only' | 'all'
}

interface Indicators {
  readonly columns: readonly string[]
}

/**
 * Gives a column `<name>_missing` for each column: 1 where its value is missing, otherwise 0.
 *
 * Where no column has missing values in training, `missing-only` marks them all, so that a table comes out.
 *
 * Cost: O(n·p).
 *
 * @param options - see {@link MissingIndicatorOptions}
 * @returns a transformer of any columns
 * @see values checked against scikit-learn's MissingIndicator
 * @example
 * ```ts
 * const mark = await missingIndicator().fit([{ age: 20 }, { age: null }])
 * mark.apply(fromRows([{ age: 30 }])).toRows() // => [{ age_missing: 0 }]
 * ```
 */
export const missingIndicator = defineTransformer<MissingIndicatorOptions, Indicators>({
  kind: 'missing-indicator',
  options: defineOptions<MissingIndicatorOptions>({
    features: oneOf(['missing-only', 'all'], { default: 'missing-only' }),
  }),
  accepts: [...numberTypes, 'string'],
  fit({ x }, { features }) {
    const found = features === 'all' ? [] : x.names.filter((name) => hasMissing(x.col(name)))
    return { columns: found.length === 0 ? x.names : found }
  },
  outputs: ({ columns }) => columns.map((name) => `${name}_missing`),
  apply: ({ columns }, x) =>
    table(new Map(columns.map((name) => [`${name}_missing`, indicatorColumn(x.col(name))]))),
  toGraph: ({ columns }, x) =>
    indicatorsInGraph(
      x.select(columns),
      columns.map((name) => `${name}_missing`),
    ),
})
