// Class weights: an option of classifiers that ends as weights of rows.
import { custom, InvalidOptionError, type OptionSpec, quote } from '../../base/index.js'
import type { LearnerData } from './fit-data.js'

/** Weights of classes: by label (as text), or inversely to their frequency. */
export type ClassWeight = 'balanced' | null | Readonly<Record<string, number>>

/** The option as every classifier declares it. */
export const classWeightOption: OptionSpec<ClassWeight> = custom<ClassWeight>({
  default: null,
  expected: "'balanced', null, or an object of one weight of at least 0 per class",
  accepts: (value) =>
    value === null ||
    value === 'balanced' ||
    (typeof value === 'object' &&
      Object.values(value).every((weight) => typeof weight === 'number' && weight >= 0)),
})

/**
 * The weights of rows with class weights multiplied in; undefined when all are 1.
 *
 * 'balanced' gives class c the weight n / (k · n_c), as scikit-learn does, with counts by sample weight.
 *
 * @throws {@link InvalidOptionError} for a class that is not in the target
 */
export function weightRows(
  { y, nClasses, classes, sampleWeight }: LearnerData,
  classWeight: ClassWeight,
): Float64Array | undefined {
  if (classWeight === null) return sampleWeight
  const byCode =
    classWeight === 'balanced' ? balanced(y, nClasses, sampleWeight) : named(classes.map(String), classWeight)
  return Float64Array.from(y, (code, row) => byCode[code]! * (sampleWeight?.[row] ?? 1))
}

function balanced(codes: Float64Array, k: number, weights: Float64Array | undefined): Float64Array {
  const counts = new Float64Array(k)
  let total = 0
  for (let row = 0; row < codes.length; row++) {
    const weight = weights?.[row] ?? 1
    counts[codes[row]!]! += weight
    total += weight
  }
  return counts.map((count) => total / (k * count))
}

function named(classes: readonly string[], weights: Readonly<Record<string, number>>): Float64Array {
  const unknown = Object.keys(weights).find((label) => !classes.includes(label))
  if (unknown !== undefined) {
    throw new InvalidOptionError(
      `classWeight: there is no class ${quote(unknown)}; the target has ${classes.map(quote).join(', ')}.`,
      { option: 'classWeight', expected: classes, received: unknown },
    )
  }
  return Float64Array.from(classes, (label) => weights[label] ?? 1)
}
