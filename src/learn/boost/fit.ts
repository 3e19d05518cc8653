// From learner data to the kernel and back: objective, validation part, seed.
import type { Matrix } from '../../data/index.js'
import {
  type BoostingObjective,
  type BoostingRows,
  predictEnsemble,
  predictEnsembleRow,
  trainBoosting,
  type TreeEnsemble,
} from '../../engine/kernels/index.js'
import { treeEnsemble, type GraphBuilder, type Value } from '../../engine/onnx/index.js'
import type { LearnerData } from '../contracts/index.js'
import type { GradientBoostingOptions } from './options.js'

/** What a boosting model keeps; plain data. */
export interface BoostState {
  readonly ensemble: TreeEnsemble
}

/** Which loss is descended. */
export interface Objective {
  readonly objective: BoostingObjective
  readonly sampleWeight: Float64Array | undefined
}

/** Grows the trees. Early stopping takes the validation part that `fit` was given, or sets one aside. */
export async function fitBoost(
  data: LearnerData,
  options: Readonly<GradientBoostingOptions>,
  { objective, sampleWeight }: Objective,
): Promise<BoostState> {
  const { nEstimators, learningRate, maxLeaves, maxDepth, minSamplesLeaf, minChildWeight } = options
  const { gamma, subsample, colsampleByTree, colsampleByNode, maxBins, extraTrees, earlyStoppingRounds } =
    options
  const parts = divide(data, options, sampleWeight)
  const ensemble = await trainBoosting(
    { ...parts.train, columns: data.x.columns, validation: parts.validation },
    {
      objective,
      nClasses: data.nClasses,
      nEstimators,
      learningRate,
      maxLeaves,
      maxDepth,
      minSamplesLeaf,
      minChildWeight,
      lambda: options.regLambda,
      gamma,
      subsample,
      colsampleByTree,
      colsampleByNode,
      maxBins,
      extraTrees,
      earlyStoppingRounds: parts.validation === undefined ? null : earlyStoppingRounds,
      seed: data.rng.split('boosting').below(2 ** 31),
    },
    { threads: data.threads, signal: data.signal, onEvent: data.onEvent },
  )
  return { ensemble }
}

interface Parts {
  readonly train: BoostingRows
  readonly validation?: BoostingRows | undefined
}

const float32 = (x: Matrix): Float32Array =>
  x.data instanceof Float32Array ? x.data : Float32Array.from(x.data)

function divide(
  data: LearnerData,
  { earlyStoppingRounds, validationFraction }: Readonly<GradientBoostingOptions>,
  sampleWeight: Float64Array | undefined,
): Parts {
  const all: BoostingRows = { x: float32(data.x), rows: data.x.rows, y: data.y, sampleWeight }
  if (data.validation !== undefined) {
    const { x, y } = data.validation
    return {
      train: all,
      validation: { x: float32(x), rows: x.rows, y, sampleWeight: data.validation.sampleWeight },
    }
  }
  const aside = Math.round(validationFraction * all.rows)
  // Fewer than ten rows set aside decide nothing; learn from all of them instead.
  if (earlyStoppingRounds === null || aside < 10) return { train: all }
  const order = data.rng.split('validation').permutation(all.rows)
  const take = (rows: Int32Array): BoostingRows => takeRows(all, rows.sort(), data.x.columns)
  return { train: take(order.slice(aside)), validation: take(order.slice(0, aside)) }
}

function takeRows(all: BoostingRows, rows: Int32Array, columns: number): BoostingRows {
  const x = new Float32Array(rows.length * columns)
  rows.forEach((row, at) => x.set(all.x.subarray(row * columns, (row + 1) * columns), at * columns))
  const { sampleWeight } = all
  return {
    x,
    rows: rows.length,
    y: Float64Array.from(rows, (row) => all.y[row]!),
    sampleWeight:
      sampleWeight === undefined ? undefined : Float64Array.from(rows, (row) => sampleWeight[row]!),
  }
}

/** Raw scores row by row, without WebAssembly. */
export function scoreRows({ ensemble }: BoostState, x: Matrix): Float64Array {
  const data = float32(x)
  const scores = new Float64Array(x.rows * ensemble.outputs)
  for (let row = 0; row < x.rows; row++) {
    scores.set(
      predictEnsembleRow(ensemble, data.subarray(row * x.columns, (row + 1) * x.columns)),
      row * ensemble.outputs,
    )
  }
  return scores
}

/** Raw scores of many rows at once. */
export const scoreMany = ({ ensemble }: BoostState, x: Matrix): Promise<Float64Array> =>
  predictEnsemble(ensemble, float32(x), x.rows)

/** Raw scores [N, outputs] in a graph. */
export function graphScores({ ensemble }: BoostState, x: Value, graph: GraphBuilder): Value {
  const start = new Int32Array(ensemble.feature.length)
  for (let tree = 0; tree + 1 < ensemble.treeOffset.length; tree++) {
    start.fill(ensemble.treeOffset[tree]!, ensemble.treeOffset[tree], ensemble.treeOffset[tree + 1])
  }
  // The graph counts children from the root of their tree, the kernel from the first tree.
  const local = (children: Int32Array): Int32Array =>
    children.map((child, node) => (ensemble.feature[node]! < 0 ? 0 : child - start[node]!))
  return treeEnsemble(graph, x, { ...ensemble, left: local(ensemble.left), right: local(ensemble.right) })
}

/** What a boosting model lets people read. */
export type BoostLearned = Readonly<{
  /** Rounds kept: the best by validation loss, or all. */
  bestIteration: number
  /** The loss after each round; of the validation part, where there was one. */
  history: Readonly<{ train: readonly number[]; validation: readonly number[] }>
  /** Each column's share of the loss that splits have saved, by its name. */
  featureImportances: Readonly<Record<string, number>>
  trees: number
}>

export function learnedBoost({ ensemble }: BoostState, names: readonly string[]): BoostLearned {
  return {
    bestIteration: ensemble.bestIteration,
    history: ensemble.history,
    featureImportances: importances(ensemble, names),
    trees: ensemble.treeOutput.length,
  }
}

/** Each column's share of the loss that splits have saved. */
function importances({ feature, gain }: TreeEnsemble, names: readonly string[]): Record<string, number> {
  const sums = new Float64Array(names.length)
  feature.forEach((column, node) => {
    if (column >= 0) sums[column]! += gain[node]!
  })
  const total = sums.reduce((sum, value) => sum + value, 0) || 1
  return Object.fromEntries(names.map((name, column) => [name, sums[column]! / total]))
}
