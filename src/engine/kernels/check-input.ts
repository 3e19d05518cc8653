// Refuses what the kernels cannot work with. The estimators above check their options; this guards memory.
import { DataError, InvalidOptionError, ShapeError } from '../../base/index.js'
import type { BoostingInput, BoostingParams, BoostingRows } from './types.js'

/** @throws {@link ShapeError}, {@link DataError} or {@link InvalidOptionError} */
export function checkInput(input: BoostingInput, params: BoostingParams): void {
  checkParams(params)
  if (!(input.columns >= 1)) throw new DataError('trainBoosting: the data has no columns. Give at least one.')
  if (!(input.rows >= 1)) throw new DataError('trainBoosting: the data has no rows. Give at least one.')
  checkRows('the training rows', input, input.columns)
  checkTargets('the training rows', input, params)
  if (input.validation === undefined) return
  if (input.validation.rows < 1) throw new DataError('trainBoosting: the validation part has no rows.')
  checkRows('the validation rows', input.validation, input.columns)
  checkTargets('the validation rows', input.validation, params)
}

function checkRows(where: string, part: BoostingRows, columns: number): void {
  checkLength(`${where}: x`, part.x.length, part.rows * columns)
  checkLength(`${where}: y`, part.y.length, part.rows)
  if (part.sampleWeight === undefined) return
  checkLength(`${where}: sampleWeight`, part.sampleWeight.length, part.rows)
  let total = 0
  for (let i = 0; i < part.rows; i++) {
    const w = part.sampleWeight[i]!
    if (!(w >= 0 && w < Infinity)) {
      throw new DataError(`trainBoosting: ${where}: weight ${i} is ${w} — expected a finite number ≥ 0.`, {
        firstRow: i,
      })
    }
    total += w
  }
  if (!(total > 0)) throw new DataError(`trainBoosting: ${where}: all weights are 0.`)
}

function checkLength(where: string, received: number, expected: number): void {
  if (received === expected) return
  throw new ShapeError(`trainBoosting: ${where} has ${received} values — expected ${expected}.`, {
    expected,
    received,
    where,
  })
}

// The square of a larger one, which is its loss, would be infinite.
const LARGEST_TARGET = 1e150

function checkTargets(where: string, part: BoostingRows, params: BoostingParams): void {
  const classes = params.objective === 'multinomial' ? params.nClasses : 2
  for (let i = 0; i < part.rows; i++) {
    const y = part.y[i]!
    const fits =
      params.objective === 'squared-error'
        ? Math.abs(y) < LARGEST_TARGET
        : Number.isInteger(y) && y >= 0 && y < classes
    if (fits) continue
    const expected =
      params.objective === 'squared-error'
        ? 'a number below 1e150 in size'
        : `a class code from 0 to ${classes - 1}`
    throw new DataError(`trainBoosting: ${where}: target ${i} is ${y} — expected ${expected}.`, {
      firstRow: i,
    })
  }
}

const share = (value: number): boolean => value > 0 && value <= 1
const whole = (value: number, least: number): boolean => Number.isInteger(value) && value >= least
const notNegative = (value: number): boolean => value >= 0 && value < Infinity

/** What each option must satisfy, and the same in words. */
const RULES = {
  nClasses: [(p) => p.objective !== 'multinomial' || whole(p.nClasses, 2), 'a whole number ≥ 2'],
  nEstimators: [(p) => whole(p.nEstimators, 0), 'a whole number ≥ 0'],
  learningRate: [(p) => p.learningRate > 0 && p.learningRate < Infinity, 'a number > 0'],
  maxLeaves: [(p) => whole(p.maxLeaves, 1), 'a whole number ≥ 1'],
  maxDepth: [(p) => p.maxDepth === null || whole(p.maxDepth, 0), 'a whole number ≥ 0 or null'],
  minSamplesLeaf: [(p) => whole(p.minSamplesLeaf, 1), 'a whole number ≥ 1'],
  minChildWeight: [(p) => notNegative(p.minChildWeight), 'a number ≥ 0'],
  lambda: [(p) => notNegative(p.lambda), 'a number ≥ 0'],
  gamma: [(p) => notNegative(p.gamma), 'a number ≥ 0'],
  subsample: [(p) => share(p.subsample), 'a share in (0, 1]'],
  colsampleByTree: [(p) => share(p.colsampleByTree), 'a share in (0, 1]'],
  colsampleByNode: [(p) => share(p.colsampleByNode), 'a share in (0, 1]'],
  maxBins: [(p) => whole(p.maxBins, 2) && p.maxBins <= 255, 'a whole number from 2 to 255'],
  earlyStoppingRounds: [
    (p) => p.earlyStoppingRounds === null || whole(p.earlyStoppingRounds, 1),
    'a whole number ≥ 1 or null',
  ],
} satisfies Partial<Record<keyof BoostingParams, readonly [(params: BoostingParams) => boolean, string]>>

function checkParams(params: BoostingParams): void {
  for (const [option, [accepts, expected]] of Object.entries(RULES)) {
    if (accepts(params)) continue
    const received = params[option as keyof typeof RULES]
    throw new InvalidOptionError(
      `trainBoosting: option '${option}' must be ${expected}; received ${String(received)}.`,
      { option, expected, received },
    )
  }
}
