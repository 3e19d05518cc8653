// One model on one division of the rows, in a process of its own: prints its score on rows that it has not seen, and what the
// fit took. Arguments: table, target, task, fold, learner, seed.
import { divide, read } from '../accuracy/folds.js'
import { base, catalogue, metrics, validation } from '../accuracy/program.js'

type Recipe = import('../../dist/learn/catalogue.js').Recipe

/** What a process tells. */
export interface Fitted {
  readonly score: number
  /** Processor seconds of preparing and fitting. */
  readonly seconds: number
}

/** Boosting as the ladder has it first, without early stopping: steps of 0.05, as many as it typically stops at. */
function learner(name: string, regression: boolean): Recipe {
  if (name === 'linear') return { kind: regression ? 'ridge' : 'logistic-regression', options: {} }
  const suffix = regression ? 'regressor' : 'classifier'
  if (name === 'mlp') return { kind: `mlp-${suffix}`, options: {} }
  const growth = { learningRate: 0.05, maxLeaves: 31, minSamplesLeaf: 10, colsampleByNode: 0.5 }
  return {
    kind: `gradient-boosting-${suffix}`,
    options: { ...growth, nEstimators: regression ? 800 : 300 },
  }
}

const [name = '', target = '', task = 'auto', fold = '0', model = 'mlp', seed = '0'] = process.argv.slice(2)
const asked = task === 'regression' ? 'regression' : 'auto'
const { train, test } =
  name === 'adult'
    ? { train: await read('adult_train', target, asked), test: await read('adult_test', target, asked) }
    : divide(await read(name, target, asked), Number(fold))
const steps = [{ kind: 'auto-prepare', options: {} }, learner(model, asked === 'regression')]
const estimator = await catalogue.createFromRecipe({ kind: 'pipeline', options: { steps } })
if (estimator.role !== 'estimator') throw new Error('A pipeline is an estimator.')
const start = process.cpuUsage()
const fitted = await estimator.fitCore({ ...train, rng: base.rng(Number(seed)), threads: 1 })
const used = process.cpuUsage(start)
const metric = metrics.defaultMetric(validation.taskOf(train.target))
const scores = await fitted.score(test.x)
const predicted = validation.predictedOf(scores, validation.classCount(train.target))
const result: Fitted = {
  score: metric.score(validation.actualOf(test.target), predicted),
  seconds: (used.user + used.system) / 1e6,
}
console.log(JSON.stringify(result))
