// What a fit costs, about: seconds on one core of the machine where these figures were taken (2.5 GHz server, 2025). Only
// their ratios matter once a first rung has been climbed: climbing scales them by what it measures.
import type { PortfolioProblem } from './problem.js'

/** How boosting will grow its trees. */
export interface BoostingWork {
  readonly learningRate: number
  readonly maxLeaves: number
  readonly colsampleByNode: number
}

/** Preparing, predicting and judging take about 0.2 microseconds a cell; and each fit some milliseconds. */
export const handlingSeconds = (rows: number, columns: number): number => 0.01 + 2e-7 * rows * columns

/** The dummy and the small tree: preparation, and one sort of each column. */
export const simpleSeconds = ({ rows, treeColumns }: PortfolioProblem): number =>
  3 * handlingSeconds(rows, treeColumns)

// Multiplications a second in dense loops (measured: logistic, 533,000 × 51, 1.7 s a fit).
const flops = 2e9

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

/** Boosting until it stops early: rounds grow as steps shrink. */
export function boostingSeconds(problem: PortfolioProblem, work: BoostingWork): number {
  // 150 rounds at steps of 0.1 in classification and 400 in regression were typical of a dozen tables.
  const rounds = ((problem.task === 'regression' ? 400 : 150) * 0.1) / work.learningRate
  return handlingSeconds(problem.rows, problem.treeColumns) + rounds * roundSeconds(problem, work)
}

/** A round passes over all cells for each output, and searches the bins of each leaf. */
export function roundSeconds(
  { task, rows, classes, treeColumns, treeBins }: PortfolioProblem,
  { maxLeaves, colsampleByNode }: Omit<BoostingWork, 'learningRate'>,
): number {
  const outputs = task === 'multiclass' ? classes : 1
  // 7 ns a cell (measured: 26,000 × 25 and 18,500 × 13 cells, 31 leaves); deeper trees pass over it more often.
  const cells = rows * treeColumns * 7e-9 * (Math.log2(maxLeaves + 1) / 5)
  const search = maxLeaves * (treeBins * 1.5e-9 + 2e-5)
  // Half the columns at each split are a little more than half the work.
  return outputs * (cells + search) * (0.25 + 0.75 * colsampleByNode)
}

/** Columns when categories of many levels get indicators: about as many as linear models have. */
export const oneHotColumns = ({ linearColumns, treeColumns }: PortfolioProblem): number =>
  Math.max(linearColumns, treeColumns)
