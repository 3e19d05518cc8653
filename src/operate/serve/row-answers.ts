// What a bundle's graph gave, as rows of answers in the target's own terms. Written out where it could be spread or mapped: single
// rows of small models feel it.
import { answeredNumbers, intervalHalfWidth, labelReader, type Manifest } from '../bundle/index.js'
import type { RowPredictions } from './service.js'
import type { Tensors } from './tensor-rows.js'

/** What goes with the answers. */
export type About = Pick<RowPredictions, 'served' | 'explanations' | 'warnings'>

/** Compiles the outputs of a bundle into a reader of answers; no rows have no outputs. */
export function rowAnswerer(
  manifest: Manifest,
): (rows: number, outputs: Tensors, about: About) => RowPredictions {
  return manifest.task === 'regression' ? regressionAnswerer(manifest) : classAnswerer(manifest)
}

function regressionAnswerer({
  classes,
  signature,
  predictionIntervals,
}: Manifest): ReturnType<typeof rowAnswerer> {
  const halfWidth = intervalHalfWidth(predictionIntervals, 0.9)
  return (rows, outputs, { served, explanations, warnings }) => {
    const values = rows === 0 ? [] : answeredNumbers(outputs, signature.outputs.prediction)
    const predictions: number[] = []
    for (let row = 0; row < rows; row++) predictions.push(values[row]!)
    const intervals =
      halfWidth === undefined
        ? undefined
        : predictions.map((value) => ({ low: value - halfWidth, high: value + halfWidth }))
    return { served, predictions, probabilities: undefined, classes, intervals, warnings, explanations }
  }
}

function classAnswerer({ classes, signature }: Manifest): ReturnType<typeof rowAnswerer> {
  const names = signature.outputs
  const labelsOf = labelReader(classes)
  return (rows, outputs, { served, explanations, warnings }) => {
    const predictions = rows === 0 ? [] : labelsOf(outputs, names.prediction)
    const shares = rows === 0 ? [] : answeredNumbers(outputs, names.probabilities)
    const probabilities: number[][] = []
    let at = 0
    for (let row = 0; row < rows; row++) {
      const own: number[] = []
      for (let code = 0; code < classes.length; code++) own.push(shares[at++]!)
      probabilities.push(own)
    }
    return { served, predictions, probabilities, classes, intervals: undefined, warnings, explanations }
  }
}
