// Input of the metrics on scores: which rows are positive, how high each scored, how much it counts.
import { defineOptions, ShapeError, type OptionsDeclaration } from '../base/index.js'
import {
  checkLength,
  checkProbabilities,
  checkRows,
  finiteNumbers,
  type Numbers,
  rowWeights,
  sampleWeightSpec,
  type WeightOptions,
} from './checks.js'
import { codesOf, type Label, type Labels, positiveRows, positiveSpec } from './labels.js'

/** Options of the metrics on scores of one class. */
export interface ScoreOptions extends WeightOptions {
  /** The class that the scores are of. @default true, or 1 of 0 and 1, or the later of two classes */
  readonly positive: Label | undefined
}

/** The declarations of {@link ScoreOptions}, for those who add to them. */
export const scoreSpecs: OptionsDeclaration<ScoreOptions>['specs'] = {
  sampleWeight: sampleWeightSpec,
  positive: positiveSpec,
}

export const scoreOptions = defineOptions<ScoreOptions>(scoreSpecs)

/** Checked rows of a binary problem. */
export interface ScoredRows {
  readonly isPositive: Uint8Array
  readonly scores: Float64Array
  readonly weights: Float64Array
}

/** Checks scores of the positive class, length n. */
export function scoredRows(who: string) {
  return (yTrue: Labels, scores: Numbers, options: ScoreOptions): ScoredRows => {
    checkLength(who, 'scores', scores.length, yTrue.length)
    const { isPositive } = positiveRows(who, yTrue, options.positive)
    const weights = rowWeights(who, yTrue.length, options.sampleWeight)
    return { isPositive, scores: finiteNumbers(who, 'scores', scores), weights }
  }
}

/** The same for probabilities of the positive class, which must lie in [0, 1]. */
export function probableRows(who: string) {
  return (yTrue: Labels, probabilities: Numbers, options: ScoreOptions): ScoredRows => {
    const rows = scoredRows(who)(yTrue, probabilities, options)
    checkProbabilities(who, rows.scores)
    return rows
  }
}

/** Probabilities of every class. */
export interface ClassProbabilities {
  /** The class of each column. */
  readonly classes: readonly Label[]
  /** n × classes, row by row. */
  readonly probabilities: Numbers
}

/** Checked rows of a problem with several classes, coded by the columns of the probabilities. */
export interface ProbableClasses {
  readonly codes: Int32Array
  readonly nClasses: number
  readonly probabilities: Float64Array
  readonly weights: Float64Array
}

/** Checks probabilities of every class. */
export function probableClasses(who: string) {
  return (
    yTrue: Labels,
    predicted: ClassProbabilities,
    sampleWeight: Numbers | undefined,
  ): ProbableClasses => {
    const { classes } = predicted
    if (classes.length < 2 || new Set(classes).size < classes.length) {
      throw new ShapeError(
        `${who}: classes must name each column of the probabilities once — received ${JSON.stringify(classes)}. Pass model.classes.`,
        { expected: 'at least two different classes', received: classes, where: 'classes' },
      )
    }
    checkLength(who, 'probabilities', predicted.probabilities.length, yTrue.length * classes.length)
    checkRows(who, yTrue.length)
    const weights = rowWeights(who, yTrue.length, sampleWeight)
    const probabilities = finiteNumbers(who, 'probabilities', predicted.probabilities)
    checkProbabilities(who, probabilities)
    return { codes: codesOf(who, yTrue, classes), nClasses: classes.length, probabilities, weights }
  }
}
