// From learner data to a fitted tree: weights, sorted columns, growth, pruning.
import { DataError } from '../../base/index.js'
import { type LearnerData, weightRows } from '../contracts/index.js'
import { classCriterion } from './class-criterion.kernel.js'
import type { Criterion } from './criterion.js'
import { growTree, type GrowthLimits } from './grow.kernel.js'
import type {
  DecisionTreeClassifierOptions,
  DecisionTreeRegressorOptions,
  MaxFeatures,
  TreeOptions,
} from './options.js'
import { pruneTree } from './prune.kernel.js'
import { type WeightedRows, weighRows } from './row-weights.kernel.js'
import { sortColumns } from './sorted-columns.kernel.js'
import { layOut, type TreeState } from './tree-state.js'
import { valueCriterion } from './value-criterion.kernel.js'

/** Fits a tree for classes. */
export const fitClassTree = async (
  data: LearnerData,
  options: Readonly<DecisionTreeClassifierOptions>,
): Promise<TreeState> =>
  fitTree(data, options, {
    sampleWeight: weightRows(data, options.classWeight),
    criterion: (rows) =>
      classCriterion(data.y, data.nClasses, rows, options.criterion === 'gini' ? 'gini' : 'entropy'),
  })

/** Fits a tree for numbers. */
export const fitValueTree = async (
  data: LearnerData,
  options: Readonly<DecisionTreeRegressorOptions>,
): Promise<TreeState> =>
  fitTree(data, options, {
    sampleWeight: data.sampleWeight,
    criterion: (rows) => valueCriterion(data.y, rows),
  })

/** What differs between the two kinds of tree. */
interface TreeProblem {
  readonly sampleWeight: Float64Array | undefined
  criterion(rows: WeightedRows): Criterion
}

async function fitTree(
  data: LearnerData,
  options: Readonly<TreeOptions>,
  problem: TreeProblem,
): Promise<TreeState> {
  const { x, rng, signal } = data
  const weighted = weighRows(x.rows, problem.sampleWeight)
  if (weighted.rows.length === 0) {
    throw new DataError(
      'decision tree: all rows have weight 0, expected some greater than 0. Check classWeight.',
      { count: x.rows },
    )
  }
  const criterion = problem.criterion(weighted)
  const values = x.data instanceof Float32Array ? x.data : Float32Array.from(x.data)
  const sorted = sortColumns(values, x.columns, weighted.rows)
  const limits = limitsOf(options, { columns: x.columns, total: weighted.total, unit: criterion.unit })
  const nodes = await growTree(sorted, criterion, limits, { rng: rng.split('tree'), signal })
  if (options.ccpAlpha > 0) pruneTree(nodes, options.ccpAlpha / criterion.unit)
  return layOut(nodes, data.classes, { impurity: criterion.unit, weight: weighted.unit })
}

interface Sizes {
  readonly columns: number
  readonly total: number
  readonly unit: number
}

function limitsOf(options: Readonly<TreeOptions>, { columns, total, unit }: Sizes): GrowthLimits {
  const { maxDepth, maxLeafNodes, minSamplesSplit, minSamplesLeaf, minImpurityDecrease } = options
  return {
    maxDepth: maxDepth ?? Infinity,
    maxLeafNodes,
    minSamplesSplit,
    minSamplesLeaf,
    minWeightLeaf: options.minWeightFractionLeaf * total,
    // Guarded, because the unit of tiny targets may be 0.
    minGain: minImpurityDecrease === 0 ? 0 : (minImpurityDecrease / unit) * total,
    maxFeatures: countFeatures(options.maxFeatures, columns),
  }
}

function countFeatures(maxFeatures: MaxFeatures, columns: number): number {
  if (maxFeatures === null) return columns
  if (maxFeatures === 'sqrt') return Math.max(1, Math.floor(Math.sqrt(columns)))
  return maxFeatures < 1 ? Math.max(1, Math.floor(maxFeatures * columns)) : maxFeatures
}
