// Which preparation each kind of column gets, by the learner that follows.
import type { Transformer } from '../contracts/index.js'
import { frequencyEncoder, imputer, oneHot, standardScaler, targetEncoder } from '../preprocess/index.js'
import type { PrepareKind } from './column-kinds.js'

/** Steps by which a column goes; several routes put their results side by side. */
export type Treatment = readonly (readonly Transformer[])[]

/** What to do with each kind; kinds that are not here are left out. */
export type Treatments = { readonly [Kind in PrepareKind]?: Treatment }

/** A linear model wants numbers of like size, nothing missing, and a column per level. */
export function linearTreatments(hasTarget: boolean): Treatments {
  const scaled = [imputer({ strategy: 'median', addIndicator: true }), standardScaler()]
  return {
    number: [scaled],
    boolean: [[imputer({ strategy: 'most-frequent', addIndicator: true })]],
    timestamp: [scaled],
    category: [[oneHot({ minFrequency: 2, unknown: 'rare' })]],
    categories: hasTarget
      ? [[targetEncoder({ smooth: 10 }), standardScaler()], [oneHot({ maxCategories: 30, unknown: 'rare' })]]
      : [[oneHot({ maxCategories: 30, unknown: 'rare' })]],
  }
}

/** Trees split on order and take missing values as they are. */
export function treeTreatments(hasTarget: boolean): Treatments {
  return {
    number: [[]],
    boolean: [[]],
    timestamp: [[]],
    category: [[oneHot({ unknown: 'ignore' })]],
    categories: hasTarget
      ? [[targetEncoder({ smooth: 10 })], [frequencyEncoder()]]
      : [[oneHot({ maxCategories: 30, unknown: 'rare' })], [frequencyEncoder()]],
  }
}
