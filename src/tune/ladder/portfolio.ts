// Which models are worth trying, in the order of what they teach: each step must earn its complexity.
import type { Task } from '../../metrics/index.js'
import type { Recipe } from '../../learn/catalogue.js'
import type { Candidate, RungKind } from './candidate.js'

/** What decides the portfolio. */
export interface PortfolioProblem {
  readonly task: Task
  readonly rows: number
  /** Number columns: pairs of them are worth a try while they are few. */
  readonly numberColumns: number
  /** The rarest class is below a fifth of the rows. */
  readonly imbalanced: boolean
}

type Options = Readonly<Record<string, unknown>>

const recipe = (kind: string, options: Options = {}): Recipe => ({ kind, options })

const prepared = (learner: Recipe, ...between: readonly Recipe[]): Recipe =>
  recipe('pipeline', { steps: [recipe('auto-prepare'), ...between, learner] })

/** Pairs of columns grow with the square: 30 columns are 465 features, which logistic regression still fits in seconds. */
const maxColumnsForPairs = 30

/** The ladder for a problem: constant, linear, tree, boosting, then other settings of boosting and of linear. */
export function portfolio(problem: PortfolioProblem): readonly Candidate[] {
  const { task, rows, numberColumns } = problem
  const classes = task !== 'regression'
  const suffix = classes ? 'classifier' : 'regressor'
  const linear = (options: Options = {}): Recipe =>
    classes ? recipe('logistic-regression', options) : recipe('ridge', options)
  const boosting = (options: Options): Recipe =>
    recipe(`gradient-boosting-${suffix}`, { nEstimators: 2000, earlyStoppingRounds: 50, ...options })
  const rung = (kind: RungKind, name: string, about: string, made: Recipe): Candidate => ({
    kind,
    name,
    about,
    recipe: made,
  })
  // Leaves of one row in 200, at least 5: a tree that people can read and that does not learn rows by heart.
  const minSamplesLeaf = Math.max(5, Math.round(rows / 200))
  const rungs = [
    rung('constant', 'constant', 'the same answer for every row', prepared(recipe(`dummy-${suffix}`))),
    rung('linear', 'linear', 'each column on its own, added up', prepared(linear())),
    rung(
      'tree',
      'tree',
      'a few yes/no questions',
      prepared(recipe(`decision-tree-${suffix}`, { maxDepth: 6, minSamplesLeaf })),
    ),
    rung(
      'boosting',
      'boosting',
      'many small trees, each correcting the last',
      prepared(boosting({ learningRate: 0.1 })),
    ),
    ...(numberColumns >= 2 && numberColumns <= maxColumnsForPairs
      ? [
          rung(
            'linear',
            'linear-pairs',
            'linear, with products of columns',
            prepared(
              linear(classes ? { C: 0.3 } : { alpha: 3 }),
              recipe('polynomial-features', { degree: 2 }),
              recipe('standard-scaler'),
            ),
          ),
        ]
      : []),
    rung(
      'boosting',
      'boosting-slow',
      'smaller steps, smaller trees, random columns',
      prepared(boosting({ learningRate: 0.05, maxLeaves: 15, colsampleByNode: 0.6, subsample: 0.8 })),
    ),
    rung(
      'boosting',
      'boosting-deep',
      'small steps, larger trees, random columns',
      prepared(
        boosting({
          learningRate: 0.04,
          maxLeaves: 63,
          minSamplesLeaf: 10,
          colsampleByNode: 0.4,
          subsample: 0.8,
        }),
      ),
    ),
    rung(
      'boosting',
      'boosting-random',
      'thresholds drawn at random',
      prepared(boosting({ learningRate: 0.06, maxLeaves: 31, extraTrees: true, colsampleByNode: 0.8 })),
    ),
  ]
  return rungs
}
