// The networks for tables beside boosting and linear models, each with its defaults, on public tables. Needs ../shared/data.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Figure, writeResult } from '../harness.js'
import type { Fitted } from './fit-once.js'
import { type NetworkTable, tables } from './tables.js'

const program = fileURLToPath(new URL('./fit-once.js', import.meta.url))
const run = promisify(execFile)

async function fitOnce(...given: readonly string[]): Promise<Fitted> {
  const { stdout } = await run(process.execPath, [program, ...given], { maxBuffer: 1e8 })
  console.log(given.join(' '), stdout.trim())
  return JSON.parse(stdout) as Fitted
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const learners = ['mlp', 'boosting', 'linear'] as const

/** Adult's own division: the bar must hold for each seed. */
async function adult(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const seed of ['0', '1', '2']) {
    const { score, seconds } = await fitOnce('adult', 'income', 'auto', '0', 'mlp', seed)
    const what = `adult, mlp, seed ${seed}`
    figures.push({ what, value: score, unit: 'AUC', bar: 0.912, atLeast: true })
    if (seed === '0')
      figures.push({ what: 'adult, mlp, a fit on one thread', value: seconds, unit: 'processor s' })
  }
  for (const learner of ['boosting', 'linear']) {
    const { score } = await fitOnce('adult', 'income', 'auto', '0', learner, '0')
    figures.push({ what: `adult, ${learner}`, value: score, unit: 'AUC' })
  }
  return figures
}

async function crossValidated({ name, target, task, unit, folds }: NetworkTable): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const learner of learners) {
    const fitted: Fitted[] = []
    for (const fold of folds) fitted.push(await fitOnce(name, target, task, fold, learner, '0'))
    figures.push({ what: `${name}, ${learner}`, value: mean(fitted.map(({ score }) => score)), unit })
    if (learner !== 'mlp') continue
    const seconds = mean(fitted.map((one) => one.seconds))
    figures.push({ what: `${name}, mlp, a fit on one thread`, value: seconds, unit: 'processor s' })
  }
  return figures
}

if (existsSync(join('..', 'shared', 'data', 'tabular'))) {
  const figures: Figure[] = []
  const works = [adult, ...tables.map((table) => () => crossValidated(table))]
  for (const work of works) {
    figures.push(...(await work()))
    // After each table: on a busy machine the last ones may take long.
    writeResult({
      name: 'tabular-networks',
      about:
        'Test scores with default options behind autoPrepare. adult: its own test file; vehicle, credit_g, segment: the mean over three of ten folds; others: one of ten. boosting: 300 rounds (800 for numbers) of 31 leaves at 0.05; linear: logistic regression or ridge. Settings were chosen on folds that are not judged here.',
      figures,
    })
  }
} else {
  console.log('Skipped: the tables are not here (../shared/data/tabular).')
}
