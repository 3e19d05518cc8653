// Drawing rows again with replacement: the engine under intervals and paired comparisons of scores.
import { checkpoint, custom, defineOptions, integer, real, mix32, rng, type Rng } from '../base/index.js'
import { checkLength, rowWeights, sampleWeightSpec, type WeightOptions } from './checks.js'
import type { PreparedScore } from './problem.js'

/** Options of {@link bootstrapInterval} and {@link pairedBootstrap}. */
export interface BootstrapOptions extends WeightOptions {
  /**
   * How often the rows are drawn again. Above 50,000 rows fewer: at most 50 million rows are drawn in all, but at
   * least 200 times (or as often as asked, if that is less). @default 1000
   */
  readonly resamples: number
  /** The share of resampled scores inside the interval. @default 0.95 */
  readonly level: number
  /** @default 0 */
  readonly seed: number
  /** A group number for each row, such as its class: every draw keeps the size of each group. @default one group */
  readonly strata: Int32Array | undefined
  /** Ends the work. */
  readonly signal: AbortSignal | undefined
}

export const bootstrapOptions = defineOptions<BootstrapOptions>({
  sampleWeight: sampleWeightSpec,
  // Below 20 there is no 95 % interval to speak of; a million only burns time.
  resamples: integer({ min: 20, max: 1_000_000, default: 1000 }),
  level: real({ min: 0, max: 1, exclusive: true, default: 0.95 }),
  seed: integer({ default: 0 }),
  strata: custom<Int32Array | undefined>({
    default: undefined,
    expected: 'an Int32Array',
    accepts: (value) => value instanceof Int32Array,
  }),
  signal: custom<AbortSignal | undefined>({
    default: undefined,
    expected: 'an AbortSignal',
    accepts: (value) => value instanceof AbortSignal,
  }),
})

// Drawing and scoring 50 million rows takes a few seconds. The cap counts rows, not seconds: the machine must not decide results.
const MAX_DRAWS = 50_000_000
const TWO_32 = 4294967296
// The ends of a 95 % interval then rest on five resamples each.
const FEWEST_RESAMPLES = 200

/** Scores of each metric on each resample: result[metric][resample]. NaN where a metric is undefined on the drawn rows. */
export async function resampledScores(
  scores: readonly PreparedScore[],
  n: number,
  options: BootstrapOptions,
): Promise<readonly Float64Array[]> {
  const { strata, seed, signal } = options
  if (strata !== undefined) checkLength('bootstrap', 'strata', strata.length, n)
  const base = rowWeights('bootstrap', n, options.sampleWeight)
  const groups = rowGroups(n, strata)
  const count = Math.min(options.resamples, Math.max(FEWEST_RESAMPLES, Math.floor(MAX_DRAWS / n)))
  const results = scores.map(() => new Float64Array(count))
  const weights = new Float64Array(n)
  const source = rng(seed)
  for (let b = 0; b < count; b++) {
    await checkpoint(signal)
    drawRows(groups, source.split('resample', b), weights)
    for (let i = 0; i < n; i++) weights[i]! *= base[i]!
    scores.forEach((score, metric) => {
      results[metric]![b] = score(weights)
    })
  }
  return results
}

function rowGroups(n: number, strata: Int32Array | undefined): readonly Uint32Array[] {
  if (strata === undefined) return [Uint32Array.from({ length: n }, (_, i) => i)]
  const groups = new Map<number, number[]>()
  strata.forEach((stratum, row) => {
    const group = groups.get(stratum)
    if (group === undefined) groups.set(stratum, [row])
    else group.push(row)
  })
  return [...groups.values()].map((rows) => Uint32Array.from(rows))
}

// Steps of a Weyl sequence: 2³² divided by the golden ratio, which spreads the counter over all bits.
const GOLDEN = 0x9e3779b9

/**
 * Draws each group anew; a row's weight becomes how often it was drawn.
 *
 * The draws hash a counter under two random keys: five times as fast as a stream, and this loop is what intervals cost.
 */
function drawRows(groups: readonly Uint32Array[], source: Rng, weights: Float64Array): void {
  // As signed words, so that the sum below stays in integer arithmetic.
  const first = source.below(TWO_32) | 0
  const second = source.below(TWO_32) | 0
  let counter = 0
  for (const rows of groups) {
    // Small counters beside each other first: scattered increments of the weights themselves miss the cache.
    const counts = new Uint32Array(rows.length)
    const scale = rows.length / TWO_32
    for (let i = 0; i < rows.length; i++) {
      const random = mix32(mix32((Math.imul(counter++, GOLDEN) + first) | 0) ^ second)
      counts[Math.floor(random * scale)]!++
    }
    for (let i = 0; i < rows.length; i++) weights[rows[i]!] = counts[i]!
  }
}
