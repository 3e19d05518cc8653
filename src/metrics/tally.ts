// From users' labels to the counts that every score of chosen classes reads.
import { rowWeights, type Numbers } from './checks.js'
import { cellsOf, countCells, marginsOf, type Counts, type Margins } from './confusion.js'
import { codePair, type Label, type Labels } from './labels.js'

/** What two arrays of labels say of each other. */
export interface Tally {
  readonly classes: readonly Label[]
  readonly counts: Counts
  readonly margins: Margins
}

/** Counts pairs of labels row by row, under the name of the metric that asks. */
export function tallyFor(who: string) {
  return (yTrue: Labels, yPred: Labels, sampleWeight: Numbers | undefined): Tally => {
    const { classes, actual, predicted } = codePair(who, yTrue, yPred)
    const weights = rowWeights(who, actual.length, sampleWeight)
    const counts = countCells(cellsOf(actual, predicted, classes.length), classes.length, weights)
    return { classes, counts, margins: marginsOf(counts, classes.length) }
  }
}
