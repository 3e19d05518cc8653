// Text as how often it occurs.
import { defineOptions, flag } from '../../base/index.js'
import type { StringColumn } from '../../data/index.js'
import { countLevels, defineTransformer, mapText, type TextMap } from '../contracts/index.js'
import { mapTexts, mapTextsInGraph } from './text-columns.js'

/** Options of {@link frequencyEncoder}. */
export interface FrequencyEncoderOptions {
  /** Give shares of the training rows (0 to 1), not counts. @default true */
  readonly normalize: boolean
}

interface Frequencies {
  readonly maps: readonly TextMap[]
}

/**
 * Encodes each level of a text column as its share of the training rows; texts that training did not have are 0.
 *
 * Missing text is a level like any other. Columns come out as `city_frequency`, so that they may stand beside another
 * encoding of the same column.
 *
 * Cost: O(n + levels) per column.
 *
 * @param options - see {@link FrequencyEncoderOptions}
 * @returns a transformer of text columns
 * @example
 * ```ts
 * const encode = await frequencyEncoder().fit([{ city: 'Oslo' }, { city: 'Oslo' }, { city: 'Bern' }, { city: null }])
 * encode.apply(fromRows([{ city: 'Oslo' }, { city: 'Riga' }])).toRows()
 * // => [{ city_frequency: 0.5 }, { city_frequency: 0 }]
 * ```
 */
export const frequencyEncoder = defineTransformer<FrequencyEncoderOptions, Frequencies>({
  kind: 'frequency-encoder',
  options: defineOptions<FrequencyEncoderOptions>({ normalize: flag({ default: true }) }),
  accepts: ['string'],
  fit: ({ x }, { normalize }) => ({
    maps: x.names.map((name) => {
      const { levels, counts } = countLevels(x.col(name) as StringColumn)
      return {
        keys: levels,
        values: normalize ? counts.map((count) => count / x.rowCount) : counts,
        absent: 0,
      }
    }),
  }),
  outputs: (_, inputs) => inputs.map((field) => outputName(field.name)),
  apply: ({ maps }, x) => mapTexts(x, maps, x.names.map(outputName)),
  compileRow:
    ({ maps }) =>
    (row) =>
      row.map((text, j) => mapText(text, maps[j]!)),
  toGraph: ({ maps }, x) => mapTextsInGraph(x, maps, x.names.map(outputName)),
})

const outputName = (name: string): string => `${name}_frequency`
