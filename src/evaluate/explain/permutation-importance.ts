// What a model relies on, as users ask for it: a model, rows with their answers, a metric by name.
import {
  defineOptions,
  type GivenOptions,
  integer,
  rng,
  seedOption,
  type WorkOptions,
  workSpecs,
} from '../../base/index.js'
import {
  type ClassifierModel,
  type Features,
  type RegressorModel,
  sampleWeightOption,
  type TargetInput,
} from '../../learn/contracts/index.js'
import type { Metric } from '../../metrics/index.js'
import { judgedData, metricFor, metricOption, taskOf } from '../validation/index.js'
import { type Importance, shuffledColumns } from './shuffled-columns.js'

/** Options of {@link permutationImportance}. */
export interface PermutationOptions extends WorkOptions {
  /** A metric or its name. @default roc-auc, log-loss or rmse by task */
  readonly metric: string | Metric | undefined
  /** @default 0 */
  readonly seed: number
  /** Shuffles of each column. @default 5 */
  readonly repeats: number
  /** At most so many rows, drawn at random. @default 2000 */
  readonly maxRows: number
  /** A weight for each row, at least 0. @default all equal */
  readonly sampleWeight: ArrayLike<number> | undefined
}

const declared = defineOptions<PermutationOptions>({
  metric: metricOption,
  seed: seedOption,
  repeats: integer({ min: 1, default: 5 }),
  maxRows: integer({ min: 1, default: 2000 }),
  sampleWeight: sampleWeightOption,
  ...workSpecs,
})

/**
 * Permutation importance of every input column of a model.
 *
 * For each column and repeat, the column is shuffled among the rows and the metric computed again; the importance is
 * the loss against the unshuffled score. Correlated columns share their importance. Give rows that the model did not learn
 * from. Cost: columns × repeats predictions.
 *
 * @param y - one label per row, or the name of the target column of x
 * @returns columns by falling importance
 * @throws {@link InvalidOptionError} for an unknown metric or option; {@link SchemaMismatchError} when x lacks a column;
 * {@link DataError} for a class that the model does not know
 * @see Breiman 2001, doi:10.1023/A:1010933404324; Fisher, Rudin & Dominici 2019, arXiv:1801.01489
 * @example
 * ```ts
 * const rows = Array.from({ length: 40 }, (_, i) => ({ size: i, floor: i % 3, rent: 400 + 9 * i }))
 * const model = await linearRegression().fit(rows, { target: 'rent' })
 * const importance = await permutationImportance(model, rows, 'rent', { metric: 'mae' })
 * importance.map(({ column }) => column) // => ['size', 'floor']
 * ```
 */
export async function permutationImportance(
  model: ClassifierModel | RegressorModel,
  x: Features,
  y: TargetInput | string,
  options: GivenOptions<PermutationOptions> = {},
): Promise<Importance[]> {
  const { metric, seed, sampleWeight, ...rest } = declared.parse('permutationImportance', options)
  const data = judgedData(model.core, x, { y, sampleWeight })
  return shuffledColumns(model.core, data, {
    ...rest,
    metric: metricFor(metric, taskOf(data.target)),
    rng: rng(seed).split('importance'),
    ...(model.predicts === 'classes' ? { threshold: model.threshold } : {}),
  })
}
