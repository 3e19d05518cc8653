// Text as the rank of its level, for learners that split on order.
import { defineOptions, nullable, oneOf, real } from '../../base/index.js'
import type { StringColumn } from '../../data/index.js'
import {
  countLevels,
  defineTransformer,
  type LevelCounts,
  mapText,
  type Target,
  type TextMap,
} from '../contracts/index.js'
import { requireTarget, targetOrder } from './target-order.js'
import { mapTexts, mapTextsInGraph } from './text-columns.js'

/** Options of {@link ordinalEncoder}. */
export interface OrdinalEncoderOptions {
  /**
   * What ranks the levels: `label` their text by code units, `frequency` the most frequent first, `target` the mean of
   * the target (with several classes: the first principal component of the levels' class shares). @default 'label'
   */
  readonly order: 'label' | 'frequency' | 'target'
  /** The number for texts that training did not have; null gives a missing value. @default null */
  readonly unknownValue: number | null
}

interface Ranks {
  readonly maps: readonly TextMap[]
}

/**
 * Encodes each level of a text column as its rank 0, 1, 2, … ; missing text stays missing.
 *
 * Ordered by the target's mean, the best split into two groups of levels is a split on the rank (Breiman et al. 1984,
 * theorem 4.5; for several classes approximately, Coppersmith et al. 1999). Equal means are ordered by label.
 *
 * Cost: O(n + levels · log levels) per column. Columns keep their names.
 *
 * @param options - see {@link OrdinalEncoderOptions}
 * @returns a transformer of text columns; the order `target` needs `fit(x, y)`
 * @see values checked against scikit-learn's OrdinalEncoder
 * @example
 * ```ts
 * const encode = await ordinalEncoder().fit([{ size: 'small' }, { size: 'large' }])
 * encode.apply(fromRows([{ size: 'small' }, { size: 'huge' }])).toRows() // => [{ size: 1 }, { size: null }]
 * ```
 */
export const ordinalEncoder = defineTransformer<OrdinalEncoderOptions, Ranks>({
  kind: 'ordinal-encoder',
  options: defineOptions<OrdinalEncoderOptions>({
    order: oneOf(['label', 'frequency', 'target'], { default: 'label' }),
    unknownValue: nullable(real({ default: -1 })),
  }),
  accepts: ['string'],
  fit(data, { order, unknownValue }) {
    const target = order === 'target' ? requireTarget(data, 'ordinalEncoder, order: target') : undefined
    return {
      maps: data.x.names.map((name) => {
        const counted = countLevels(data.x.col(name) as StringColumn)
        const keys = ranked(counted, order, target)
        return {
          keys: [...keys, ''],
          values: Float64Array.from([...keys.keys(), Number.NaN]),
          absent: unknownValue ?? Number.NaN,
        }
      }),
    }
  },
  outputs: (_, inputs) => inputs.map((field) => field.name),
  apply: ({ maps }, x) => mapTexts(x, maps),
  compileRow:
    ({ maps }) =>
    (row) =>
      row.map((text, j) => mapText(text, maps[j]!)),
  toGraph: ({ maps }, x) => mapTextsInGraph(x, maps),
})

function ranked(
  counted: LevelCounts,
  order: OrdinalEncoderOptions['order'],
  target: Target | undefined,
): string[] {
  const { levels, counts } = counted
  const positions = [...levels.keys()].filter((level) => levels[level] !== '')
  const scores = target === undefined ? undefined : targetOrder(counted, target)
  if (scores !== undefined) positions.sort((a, b) => scores[a]! - scores[b]! || a - b)
  else if (order === 'frequency') positions.sort((a, b) => counts[b]! - counts[a]! || a - b)
  return positions.map((level) => levels[level]!)
}
