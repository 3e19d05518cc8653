// Linear models on the ladder: one to begin with, then other strengths of the penalty, and products of columns.
import type { Recipe } from '../../learn/catalogue.js'
import type { Candidate } from './candidate.js'
import { linearSeconds } from './cost.js'
import type { PortfolioProblem } from './problem.js'

type Options = Readonly<Record<string, unknown>>

const step = (kind: string, options: Options = {}): Recipe => ({ kind, options })
const chain = (...steps: readonly Recipe[]): Recipe => step('pipeline', { steps })

// Products grow with the square: 30 columns are 495 features. Beyond, they learned noise on every table tried.
const mostPairColumns = 30
// One fit may cost so much of the job's time; with five folds a rung then takes a fifth.
const shareOfFit = 0.04

/** The plain one first. */
export function linears(problem: PortfolioProblem, seconds: number): Candidate[] {
  const wide = linearSeconds(problem, problem.linearColumns)
  const affordable = wide <= shareOfFit * seconds
  const columns = affordable ? problem.linearColumns : problem.treeColumns
  // Where an indicator for each level would take too long, levels become one column by the target's mean, as for trees.
  const steps = affordable ? [step('auto-prepare')] : forTrees()
  const cost = linearSeconds(problem, columns)
  const rung = (name: string, about: string, strength: number): Candidate => ({
    kind: 'linear',
    name,
    about,
    recipe: chain(...steps, learner(problem, strength)),
    cost,
  })
  return [
    rung('linear', 'each column on its own, added up', 1),
    ...pairs(problem),
    // Nearly separable classes want less of a penalty (vehicle: log loss .41 by .49), few noisy rows more.
    rung('linear-loose', 'linear, trusting the data more', 0.1),
    rung('linear-strict', 'linear, trusting the data less', 10),
  ]
}

/** Beside log loss of 1e-4, further steps of an optimizer change no prediction that folds could tell apart. */
const tol = 1e-4

/** @param strength - of the squared penalty, relative to the usual one */
function learner({ task }: PortfolioProblem, strength: number): Recipe {
  return task === 'regression'
    ? step('ridge', { alpha: strength })
    : step('logistic-regression', { C: 1 / strength, tol })
}

/** Columns as trees have them (numbers stay numbers, levels of many become one), complete and on one scale. */
const forTrees = (options: Options = {}): Recipe[] => [
  step('auto-prepare', { for: 'tree', ...options }),
  step('imputer', { strategy: 'median' }),
  step('standard-scaler'),
]

/** Squares and products: what makes vehicle's log loss .36 instead of .41; cheap while columns are few. */
function pairs(problem: PortfolioProblem): Candidate[] {
  const columns = problem.pairColumns
  if (columns < 2 || columns > mostPairColumns) return []
  const cost = linearSeconds(problem, columns + (columns * (columns + 1)) / 2)
  const rung = (name: string, about: string, strength: number): Candidate => ({
    kind: 'linear',
    name,
    about,
    recipe: chain(
      ...forTrees({ maxText: 0 }),
      step('polynomial-features', { degree: 2 }),
      step('standard-scaler'),
      learner(problem, strength),
    ),
    cost,
  })
  return [
    rung('linear-pairs', 'linear, with products of columns', problem.task === 'regression' ? 10 : 1),
    rung(
      'linear-pairs-strict',
      'products of columns, trusting the data less',
      problem.task === 'regression' ? 100 : 10,
    ),
  ]
}
