// Which models are worth trying, in the order of what they teach: each step must earn its complexity.
// Settings were tried on some twenty public tables of 200 to 50,000 rows, by cross-validation within cross-validation.
import type { Recipe } from '../../learn/catalogue.js'
import { boostings } from './boosting-candidates.js'
import type { Candidate } from './candidate.js'
import { simpleSeconds } from './cost.js'
import { linears } from './linear-candidates.js'
import type { PortfolioProblem } from './problem.js'

/**
 * The ladder for a problem: constant, linear, tree, boosting; then other settings of boosting and of linear, those first
 * that most often help: time may end before the last.
 *
 * @param seconds - for the whole job: how patient the settings may be
 */
export function portfolio(problem: PortfolioProblem, seconds: number): readonly Candidate[] {
  const all = [...simple(problem), ...linears(problem, seconds), ...boostings(problem, seconds)]
  return all.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}

const order = [
  'constant',
  'linear',
  'tree',
  'boosting-quick',
  'boosting',
  'boosting-levels',
  'boosting-small',
  'linear-pairs',
  'boosting-deep',
  'boosting-random',
  'linear-loose',
  'boosting-random-small',
  'linear-strict',
  'linear-pairs-strict',
]

function simple(problem: PortfolioProblem): Candidate[] {
  const suffix = problem.task === 'regression' ? 'regressor' : 'classifier'
  const cost = simpleSeconds(problem)
  // Leaves of one row in 200, at least 5: a tree that people can read and that does not learn rows by heart.
  const minSamplesLeaf = Math.max(5, Math.round(problem.rows / 200))
  const prepared = (learner: Recipe): Recipe => ({
    kind: 'pipeline',
    options: { steps: [{ kind: 'auto-prepare', options: {} }, learner] },
  })
  return [
    {
      kind: 'constant',
      name: 'constant',
      about: 'the same answer for every row',
      recipe: prepared({ kind: `dummy-${suffix}`, options: {} }),
      cost: 0,
    },
    {
      kind: 'tree',
      name: 'tree',
      about: 'a few yes/no questions',
      recipe: prepared({ kind: `decision-tree-${suffix}`, options: { maxDepth: 6, minSamplesLeaf } }),
      cost,
    },
  ]
}
