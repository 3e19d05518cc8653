// Which preparation each kind of column gets, by the learner that follows.
import { inferKinds, type KindOfColumn, type Table } from '../../data/index.js'
import type { Transformer } from '../contracts/index.js'
import {
  dateParts,
  frequencyEncoder,
  imputer,
  linearSpline,
  oneHot,
  standardScaler,
  targetEncoder,
  tfidf,
} from '../preprocess/index.js'

/** What a column is to preparation. */
export type PrepareKind =
  | Exclude<KindOfColumn['kind'], 'category'>
  /** Few whole numbers, which may be codes. */
  | 'codes'
  /** Text of few levels. */
  | 'few-levels'
  /** Text of many levels. */
  | 'many-levels'

/** Steps by which a column goes; several routes put their results side by side. */
type Treatment = readonly (readonly Transformer[])[]

/** What to do with each kind; kinds that are not here are left out. */
export type Treatments = { readonly [Kind in PrepareKind]?: Treatment }

/** What the choice depends on beside the columns. */
export interface Circumstances {
  readonly learner: 'linear' | 'tree' | 'network'
  readonly hasTarget: boolean
  readonly rows: number
  /** Number columns. */
  readonly numbers: number
  /** The most columns of a text column. */
  readonly maxText: number
}

/** The kind of a column to preparation. @param maxLevels - the most levels, missing among them, of `few-levels` */
export function prepareKind({ kind, codes, distinct }: KindOfColumn, maxLevels: number): PrepareKind {
  if (kind === 'category') return distinct + 1 <= maxLevels ? 'few-levels' : 'many-levels'
  return kind === 'number' && codes ? 'codes' : kind
}

// So many rows tell of most columns what they are.
const rowsForKinds = 20_000

/**
 * The kinds of all columns, with few rows looked at where these suffice: that a column holds numbers, or codes. Whether
 * levels are many, differ in each row or are all equal is counted on all rows.
 */
export function columnKinds(x: Table): KindOfColumn[] {
  if (x.rowCount <= rowsForKinds) return inferKinds(x)
  const step = x.rowCount / rowsForKinds
  const sample = x.take(Int32Array.from({ length: rowsForKinds }, (_, i) => Math.floor(i * step)))
  return inferKinds(sample).map((found) =>
    found.kind === 'number' ? found : inferKinds(x.select([found.name]))[0]!,
  )
}

// Beyond the most frequent 30 levels, indicators have few rows each; the target's mean serves the rest.
const mostIndicators = 30
// The weight of the overall mean, in rows: levels of fewer rows say more about noise than about the target.
const smooth = 10

/** The treatments of all kinds. */
export const treatmentsFor = (given: Circumstances): Treatments =>
  ({ linear, tree, network })[given.learner](given)

// Bends make six columns of each and a linear model about six times as slow. They pay on most tables (log loss −3 % on
// adult, −11 % on vehicle, −31 % on segment; RMSE −7 % on California housing), but what they cost grows with the cube.
const mostBentColumns = 60
// And memory: 50 million numbers of 8 bytes are 400 MB, and the learner holds a copy.
const mostBentCells = 5e7
const bends = 5

/** A linear model wants numbers of like size, nothing missing, and a column per level. */
function linear(given: Circumstances): Treatments {
  const scaled = [imputer({ strategy: 'median', addIndicator: true }), standardScaler()]
  const bent = given.numbers <= mostBentColumns && given.numbers * given.rows * (bends + 1) <= mostBentCells
  const spline = linearSpline({ nKnots: bends, extrapolation: 'constant' })
  const indicators = [oneHot({ maxCategories: mostIndicators, minFrequency: 2, unknown: 'rare' })]
  return {
    number: [bent ? [...scaled, spline] : scaled],
    codes: [scaled, indicators],
    boolean: [[imputer({ strategy: 'most-frequent', addIndicator: true })]],
    timestamp: [[dateParts({ cyclic: true }), ...scaled]],
    'few-levels': [indicators],
    'many-levels': given.hasTarget
      ? [[targetEncoder({ smooth }), standardScaler()], indicators]
      : [indicators],
    text: text(given),
  }
}

/** A network scales, bends and embeds by itself; nothing may be missing. */
function network(given: Circumstances): Treatments {
  const complete = [imputer({ strategy: 'median', addIndicator: true })]
  const indicators = [oneHot({ maxCategories: mostIndicators, minFrequency: 2, unknown: 'rare' })]
  return {
    number: [complete],
    codes: [complete, indicators],
    boolean: [[imputer({ strategy: 'most-frequent', addIndicator: true })]],
    timestamp: [[dateParts({ cyclic: true }), ...complete]],
    'few-levels': [[]],
    'many-levels': given.hasTarget ? [[targetEncoder({ smooth })], []] : [[]],
    text: text(given),
  }
}

/** Trees split on order and take missing values as they are. */
function tree(given: Circumstances): Treatments {
  const indicators = [oneHot({ maxCategories: mostIndicators, unknown: 'rare' })]
  return {
    number: [[]],
    codes: [[]],
    boolean: [[]],
    timestamp: [[dateParts()]],
    'few-levels': [[oneHot({ drop: 'if-binary' })]],
    'many-levels': given.hasTarget
      ? [[targetEncoder({ smooth })], [frequencyEncoder()]]
      : [indicators, [frequencyEncoder()]],
    text: text(given),
  }
}

// 30 million numbers of 8 bytes are 240 MB: so much memory may the words of one column take.
const mostTextCells = 3e7
const leastTerms = 20

function text({ rows, maxText }: Circumstances): Treatment {
  const maxFeatures = Math.min(maxText, Math.max(leastTerms, Math.floor(mostTextCells / rows)))
  if (maxText === 0) return []
  return [[tfidf({ maxFeatures, ngramRange: [1, 2], minDf: 2, sublinearTf: true })]]
}
