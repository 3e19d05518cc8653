// Boosting on the ladder: one to begin with, then settings that err in other ways, since an average lives by that.
import type { Recipe } from '../../learn/catalogue.js'
import type { Candidate } from './candidate.js'
import { boostingSeconds, handlingSeconds, oneHotColumns, roundSeconds } from './cost.js'
import type { PortfolioProblem } from './problem.js'

/** How trees are grown; the names are those of the learner's options. */
interface Growth {
  readonly learningRate: number
  readonly maxLeaves: number
  readonly minSamplesLeaf: number
  readonly colsampleByNode: number
  readonly subsample: number
  readonly extraTrees?: boolean
}

interface Setting {
  readonly name: string
  readonly about: string
  readonly growth: Growth
  /** Text columns of at most so many levels get one column per level. */
  readonly maxOneHot?: number
}

// Up to here a table is small: rows are few for what trees may learn by heart, and fits are cheap.
const smallRows = 2500
const middleRows = 10_000
// Indicators for up to so many levels: splits then take levels one by one, which the target's mean hides.
const mostOneHot = 50

/** The main one first, after a quick one where that is dear. */
export function boostings(problem: PortfolioProblem, seconds: number): Candidate[] {
  const full = settings(problem).map((setting) => candidate(problem, setting, seconds))
  return full[0]!.cost <= shareOfCheapFit * seconds ? full : [quick(problem, seconds), ...full]
}

// From here on the main setting may not be done in time on a slow or busy machine: a quick one comes before it, as an
// answer and to measure what boosting costs here.
const shareOfCheapFit = 0.025
const shareOfQuickFit = 0.015

/** Few large steps. */
function quick(problem: PortfolioProblem, seconds: number): Candidate {
  const { growth } = mainSetting(problem)
  const learningRate = 0.3
  const affordable = Math.round((shareOfQuickFit * seconds) / roundSeconds(problem, growth))
  const nEstimators = Math.max(10, Math.min(50, affordable))
  return {
    kind: 'boosting',
    name: 'boosting-quick',
    about: 'a few trees in large steps',
    recipe: recipeOf(problem, { ...growth, learningRate, nEstimators, earlyStoppingRounds: 10 }),
    cost: handlingSeconds(problem.rows, problem.treeColumns) + nEstimators * roundSeconds(problem, growth),
  }
}

function recipeOf(
  { task }: PortfolioProblem,
  learner: Readonly<Record<string, unknown>>,
  prepare: Readonly<Record<string, unknown>> = {},
): Recipe {
  const suffix = task === 'regression' ? 'regressor' : 'classifier'
  const steps = [
    { kind: 'auto-prepare', options: prepare },
    { kind: `gradient-boosting-${suffix}`, options: learner },
  ]
  return { kind: 'pipeline', options: { steps } }
}

/** The settings for a problem; the names are known to the order of the portfolio. */
const settings = (problem: PortfolioProblem): Setting[] => [
  mainSetting(problem),
  ...levelsSetting(problem),
  ...otherSizes(problem),
  ...randomThresholds,
]

// Drawing rows steadies small trees on few rows (credit-g: AUC .781 to .793 from all rows to half of them) and costs
// accuracy on many (adult: .9278 to .9272).
const subsampleFor = (rows: number): number => (rows >= middleRows ? 1 : 0.8)

function mainSetting({ rows }: PortfolioProblem): Setting {
  const common = { learningRate: 0.05, colsampleByNode: 0.5 }
  return {
    name: 'boosting',
    about: 'many small trees, each correcting the last',
    growth:
      rows < smallRows
        ? { ...common, maxLeaves: 15, minSamplesLeaf: 5, subsample: 0.7 }
        : { ...common, maxLeaves: 31, minSamplesLeaf: 10, subsample: subsampleFor(rows) },
  }
}

function levelsSetting({ rows, manyLevels }: PortfolioProblem): Setting[] {
  if (manyLevels === 0) return []
  return [
    {
      name: 'boosting-levels',
      about: 'a column for each level of a category',
      growth: {
        learningRate: 0.05,
        maxLeaves: 15,
        minSamplesLeaf: 20,
        colsampleByNode: 0.3,
        subsample: subsampleFor(rows),
      },
      maxOneHot: mostOneHot,
    },
  ]
}

const otherSizes = ({ rows }: PortfolioProblem): Setting[] => [
  {
    name: 'boosting-small',
    about: 'smaller trees, on some of the rows',
    growth: {
      learningRate: 0.06,
      maxLeaves: 8,
      minSamplesLeaf: 10,
      colsampleByNode: 0.5,
      subsample: rows < smallRows ? 0.5 : subsampleFor(rows),
    },
  },
  {
    // Large trees with tiny leaves fit clean patterns (phoneme: AUC .968 by .963), and noise: they come in averages.
    name: 'boosting-deep',
    about: 'larger trees with smaller leaves',
    growth: {
      learningRate: 0.05,
      maxLeaves: 96,
      minSamplesLeaf: 2,
      colsampleByNode: 0.4,
      subsample: subsampleFor(rows),
    },
  },
]

// Thresholds at random make trees that differ: alone they are best on small clean tables (vehicle, segment, sonar, mpg),
// in averages they help on most.
const randomThresholds: readonly Setting[] = [
  {
    name: 'boosting-random',
    about: 'larger trees, thresholds drawn at random',
    growth: {
      learningRate: 0.06,
      maxLeaves: 63,
      minSamplesLeaf: 2,
      colsampleByNode: 0.7,
      subsample: 1,
      extraTrees: true,
    },
  },
  {
    name: 'boosting-random-small',
    about: 'small trees, thresholds drawn at random',
    growth: {
      learningRate: 0.06,
      maxLeaves: 12,
      minSamplesLeaf: 5,
      colsampleByNode: 0.7,
      subsample: 0.8,
      extraTrees: true,
    },
  },
]

// One fit of the main setting may cost so much of the job's time; five folds and the last fit then take a third.
const shareOfFit = 0.05
// From careful to hasty. Beyond 0.3, steps overshoot.
const hurry = [1, 2, 4, 6]

/** Steps grow until a fit is affordable: twice the step is half the rounds, and most of the accuracy. */
function candidate(
  problem: PortfolioProblem,
  { name, about, growth, maxOneHot }: Setting,
  seconds: number,
): Candidate {
  const columns = maxOneHot === undefined ? problem.treeColumns : oneHotColumns(problem)
  const shape = { ...problem, treeColumns: columns }
  const costAt = (factor: number): number =>
    boostingSeconds(shape, { ...growth, learningRate: factor * growth.learningRate })
  const factor = hurry.find((times) => costAt(times) <= shareOfFit * seconds) ?? hurry.at(-1)!
  const learningRate = growth.learningRate * factor
  const nEstimators = mostRounds(roundSeconds(shape, growth), seconds)
  const learner = { ...growth, learningRate, nEstimators, earlyStoppingRounds: patience(learningRate) }
  return {
    kind: 'boosting',
    name,
    about,
    recipe: recipeOf(problem, learner, maxOneHot === undefined ? {} : { maxOneHot }),
    cost: costAt(factor),
  }
}

/**
 * Early stopping ends nearly all before 3,000 rounds. Where a round is dear (26 classes are 26 trees a round) and stopping
 * does not come, three times the affordable fit is the end: better a model that could still learn than none.
 */
const mostRounds = (secondsOfRound: number, seconds: number): number =>
  Math.max(30, Math.min(3000, Math.round((3 * shareOfFit * seconds) / secondsOfRound)))

/** Small steps wobble for longer: 60 rounds at 0.05, 20 at 0.3. */
const patience = (learningRate: number): number => Math.max(20, Math.round(3 / learningRate))
