// Small data and default parameters for the tests of the boosting engine.
import { rng } from '../../src/base/index.js'
import type { BoostingInput, BoostingParams, TreeEnsemble } from '../../src/engine/kernels/index.js'

/** Parameters that a test overrides where it matters. */
export function boostingParams(changed: Partial<BoostingParams> = {}): BoostingParams {
  return {
    objective: 'squared-error',
    nClasses: 2,
    nEstimators: 20,
    learningRate: 0.1,
    maxLeaves: 15,
    maxDepth: null,
    minSamplesLeaf: 5,
    minChildWeight: 1e-3,
    lambda: 1,
    gamma: 0,
    subsample: 1,
    colsampleByTree: 1,
    colsampleByNode: 1,
    maxBins: 255,
    earlyStoppingRounds: null,
    extraTrees: false,
    seed: 0,
    ...changed,
  }
}

export interface DataShape {
  readonly rows: number
  readonly columns: number
  readonly seed?: number
  /** Share of values that are missing. */
  readonly missing?: number
  /** Distinct values of each column; default 50, so that every distinct value has a bin. */
  readonly levels?: number
  /** 0: a number; otherwise so many classes. */
  readonly classes?: number
}

/** Columns of a few levels; the target depends on the first three and on whether the first is missing. */
export function boostingData(shape: DataShape): BoostingInput {
  const { rows, columns, seed = 1, missing = 0, levels = 50, classes = 0 } = shape
  const random = rng(seed)
  const x = new Float32Array(rows * columns)
  const y = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      x[i * columns + j] = random.uniform() < missing ? Number.NaN : random.below(levels)
    }
    const at = (j: number): number => {
      const v = x[i * columns + (j % columns)]!
      return Number.isNaN(v) ? -0.3 : v / levels
    }
    const signal = Math.sin(5 * at(0)) + 2 * at(1) * at(2) + 0.3 * random.normal()
    y[i] =
      classes === 0 ? signal : Math.min(classes - 1, Math.max(0, Math.floor(((signal + 1) / 3) * classes)))
  }
  return { x, rows, columns, y }
}

/** Rows `from … to` of a data set. */
export function slice(input: BoostingInput, from: number, to: number): BoostingInput {
  return {
    x: input.x.slice(from * input.columns, to * input.columns),
    rows: to - from,
    columns: input.columns,
    y: input.y.slice(from, to),
  }
}

/** Everything that makes a model, for comparing byte for byte. */
export function ensembleBytes(e: TreeEnsemble): string {
  const arrays = [
    e.baseScore,
    e.feature,
    e.threshold,
    e.missingLeft,
    e.left,
    e.right,
    e.value,
    e.gain,
    e.cover,
    e.samples,
    e.treeOffset,
    e.treeOutput,
  ]
  const bytes = arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString('base64'))
  return JSON.stringify([bytes, e.bestIteration, e.history])
}
