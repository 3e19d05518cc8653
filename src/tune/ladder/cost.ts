// What a fit costs, about: seconds on one core of the machine where these figures were taken (2.5 GHz server, 2025). Only
// their ratios matter once a first rung has been climbed: climbing scales them by what it measures.
import type { PortfolioProblem } from './problem.js'

/** How boosting will grow its trees. */
export interface BoostingWork {
  readonly learningRate: number
  readonly maxLeaves: number
}

/** Preparing a column, predicting and judging take about a microsecond a cell; and each fit some milliseconds. */
const handlingSeconds = (rows: number, columns: number): number => 0.01 + 1e-6 * rows * columns

/** The dummy and the small tree: preparation, and one sort of each column. */
export const simpleSeconds = ({ rows, treeColumns }: PortfolioProblem): number =>
  2 * handlingSeconds(rows, treeColumns)

// Multiplications a second in dense loops of one core.
const flops = 1e9

/** Linear models on so many columns: Gram matrices while they are small, else gradient steps (see the linear kernels). */
export function linearSeconds({ task, rows, classes }: PortfolioProblem, columns: number): number {
  const outputs = task === 'multiclass' ? classes : 1
  const unknowns = outputs * columns
  if (task === 'regression') {
    return handlingSeconds(rows, columns) + (rows * columns ** 2 + columns ** 3) / 2 / flops
  }
  // Eight Newton steps of n·(k·p)²/4, or 300 steps of gradients.
  const perRow = unknowns <= 300 ? 2 * unknowns ** 2 : 600 * unknowns
  return handlingSeconds(rows, columns) + (rows * perRow) / flops
}

/**
 * Boosting until it stops early: rounds grow as steps shrink; a round passes over all cells for each output, and
 * searches the bins of each leaf.
 */
export function boostingSeconds(
  { task, rows, classes, treeColumns }: PortfolioProblem,
  { learningRate, maxLeaves }: BoostingWork,
): number {
  const outputs = task === 'multiclass' ? classes : 1
  // 150 rounds at steps of 0.1 in classification and 400 in regression were typical of a dozen tables.
  const rounds = ((task === 'regression' ? 400 : 150) * 0.1) / learningRate
  // 7 ns a cell (measured: 26,000 × 25 and 18,500 × 13 cells, 31 leaves); deeper trees pass over it more often.
  const cell = (7e-9 * Math.log2(maxLeaves + 1)) / 5
  const bins = Math.min(rows, 255) * 1.5e-9
  const round = treeColumns * (rows * cell + maxLeaves * bins)
  return handlingSeconds(rows, treeColumns) + rounds * outputs * round
}

/** Columns when categories of many levels get indicators: about as many as linear models have. */
export const oneHotColumns = ({ linearColumns, treeColumns }: PortfolioProblem): number =>
  Math.max(linearColumns, treeColumns)
