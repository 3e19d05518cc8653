// One outer fold (or adult's own division) in a process of its own: the whole ladder on its training rows, without a clock,
// then each model asked for, fitted on all of them and judged on rows that nothing has seen. Prints JSON.
import { divide, type LearningData, read } from './folds.js'
import { base, divideFolds, ladder, metrics, validation } from './program.js'

/** What a process tells. */
export interface Judged {
  /** Test scores by rung; `chosen` is the model that the ladder would keep. */
  readonly scores: Readonly<Record<string, number>>
  readonly model: string
  /** Processor seconds of climbing and of the last fit. */
  readonly seconds: number
}

/** The settings of a job of 60 seconds. */
const jobSeconds = 60

async function judge({ train, test }: { train: LearningData; test: LearningData }): Promise<Judged> {
  const task = validation.taskOf(train.target)
  const metric = metrics.defaultMetric(task)
  const k = validation.classCount(train.target)
  const start = process.cpuUsage()
  const climbed = await ladder.climb(train, {
    candidates: ladder.portfolio(ladder.problemOf(train), jobSeconds),
    folds: divideFolds(train, { seed: 0 }).folds,
    metric,
    rng: base.rng(0).split('train').split('ladder'),
    threads: 1,
  })
  const { best } = await ladder.choose(climbed, metric)
  const truth = validation.actualOf(test.target)
  const scoreOf = async (rung: typeof best): Promise<number> => {
    const options = { rng: base.rng(0).split('train').split('finish'), threads: 1 }
    const model = await ladder.finish(climbed, rung, { data: train, options })
    return metric.score(truth, validation.predictedOf(await model.score(test.x), k))
  }
  const chosen = await scoreOf(best)
  const used = process.cpuUsage(start)
  const scores: Record<string, number> = { chosen }
  for (const name of ['linear', 'boosting']) {
    const rung = climbed.rungs.find((one) => one.candidate.name === name)
    if (rung !== undefined) scores[name] = await scoreOf(rung)
  }
  return { scores, model: best.candidate.name, seconds: (used.user + used.system) / 1e6 }
}

const [name = '', target = '', task = 'auto', fold = '0'] = process.argv.slice(2)
const asked = task === 'regression' ? 'regression' : 'auto'
const parts =
  name === 'adult'
    ? { train: await read('adult_train', target, asked), test: await read('adult_test', target, asked) }
    : divide(await read(name, target, asked), Number(fold))
console.log(JSON.stringify(await judge(parts)))
