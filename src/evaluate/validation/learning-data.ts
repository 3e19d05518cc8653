// From what users give to features and a coded target.
import { DataError, quote } from '../../base/index.js'
import {
  asTable,
  checkLengths,
  classTarget,
  type ClassTarget,
  type CoreEstimator,
  type CoreModel,
  type Features,
  fittedColumns,
  type Label,
  labelsOf,
  type TargetInput,
  valueTarget,
} from '../../learn/contracts/index.js'
import type { LearningData } from './out-of-fold.js'

/** Labels, or the name of their column, and weights of rows. */
interface Given {
  readonly y: TargetInput | string
  readonly sampleWeight?: ArrayLike<number> | undefined
}

/** Features and target, in the form that the estimator predicts. */
export function learningData(
  { traits }: Pick<CoreEstimator, 'traits'>,
  features: Features,
  given: Given,
): LearningData {
  const { x, labels } = parted(features, given.y)
  const target = traits.predicts === 'classes' ? classTarget(labels) : valueTarget(labels)
  checkLengths(x, target, given.sampleWeight)
  return { x, target, sampleWeight: weightsOf(given) }
}

/**
 * Features in the columns of a fitted model, and the target in its codes.
 *
 * @throws {@link DataError} for a class that the model does not know
 */
export function judgedData(model: CoreModel, features: Features, given: Given): LearningData {
  const { x, labels } = parted(features, given.y)
  const target = model.predicts === 'classes' ? codedBy(model.classes, labels) : valueTarget(labels)
  checkLengths(x, target, given.sampleWeight)
  return { x: fittedColumns(x, model.inputs, model.kind), target, sampleWeight: weightsOf(given) }
}

const weightsOf = ({ sampleWeight }: Given): Float64Array | undefined =>
  sampleWeight === undefined ? undefined : Float64Array.from(sampleWeight)

function parted(features: Features, y: TargetInput | string) {
  const table = asTable(features)
  return typeof y === 'string' ? { x: table.drop(y), labels: table.col(y) } : { x: table, labels: y }
}

function codedBy(classes: readonly Label[], y: TargetInput): ClassTarget {
  const codeOf = new Map(classes.map((label, code) => [label, code]))
  const codes = Int32Array.from(labelsOf(y), (label, row) => {
    const code = label === null ? undefined : codeOf.get(label)
    if (code !== undefined) return code
    throw new DataError(
      `The target is ${quote(label)} at row ${row}, expected one of the model's classes: ${classes.map(quote).join(', ')}. Leave such rows out.`,
      { firstRow: row, expected: classes, received: label },
    )
  })
  return { type: 'classes', classes, codes }
}
