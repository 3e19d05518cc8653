// How well the ladder's models predict, on public tables with known figures. Needs ../shared/data; hours on a busy machine.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Figure, writeResult } from '../harness.js'
import type { Judged } from './judge-once.js'
import { type BenchTable, tables } from './tables.js'

const program = fileURLToPath(new URL('./judge-once.js', import.meta.url))
const run = promisify(execFile)

/** One process for each division of the rows. */
async function judgeOnce(...given: readonly string[]): Promise<Judged> {
  const { stdout } = await run(process.execPath, [program, ...given], { maxBuffer: 1e8 })
  console.log(given.join(' '), stdout.trim())
  return JSON.parse(stdout) as Judged
}

/** As many at a time as there are cores; each uses one thread. */
async function inTurn<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  const waiting = [...works.entries()]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results[next[0]] = await next[1]()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return results
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

async function adult(): Promise<Figure[]> {
  const { scores, seconds } = await judgeOnce('adult', 'income')
  const figure = (what: string, rung: string, bar: number, peer: string): Figure => {
    const value = scores[rung] ?? Number.NaN
    return { what: `adult, ${what}`, value, unit: 'AUC', bar, atLeast: true, peer }
  }
  const trees = 'scikit-learn 1.2 HistGradientBoosting and XGBoost 1.7: .9273 on these files'
  return [
    figure('boosting', 'boosting', 0.927, trees),
    figure('logistic', 'linear', 0.905, ''),
    figure('chosen', 'chosen', 0.928, 'AutoGluon .931, LightGBM .930 (ten folds of all rows)'),
    { what: 'adult, whole ladder on one thread', value: seconds, unit: 'processor s' },
  ]
}

async function crossValidated(table: BenchTable): Promise<Figure[]> {
  const { name, target, task, unit, bars, peer } = table
  const judged = await inTurn(
    Array.from({ length: 10 }, (_, fold) => () => judgeOnce(name, target, task, String(fold))),
  )
  const atLeast = unit === 'AUC'
  const figure = (rung: 'boosting' | 'chosen'): Figure => {
    const value = mean(judged.map(({ scores }) => scores[rung] ?? Number.NaN))
    const bar = bars[rung]
    const what = `${name}, ${rung}`
    return { what, value, unit, peer, ...(bar === undefined ? {} : { bar, atLeast }) }
  }
  const seconds = mean(judged.map((one) => one.seconds))
  return [
    figure('boosting'),
    figure('chosen'),
    { what: `${name}, whole ladder on one thread`, value: seconds, unit: 'processor s' },
  ]
}

if (existsSync(join('..', 'shared', 'data', 'tabular'))) {
  const figures = await adult()
  for (const table of tables) figures.push(...(await crossValidated(table)))
  writeResult({
    name: 'accuracy',
    about:
      'Test scores of models that the ladder fits, with the settings of a 60 s job and without a clock: everything (folds, early stopping, choice, weights of the average) is decided on training rows alone. adult: its own test file; others: ten-fold cross-validation, folds of our own, equal rows on either side.',
    figures,
  })
} else {
  console.log('Skipped: the tables are not here (../shared/data/tabular).')
}
