// The public tables, and their division into rows to learn from and rows to judge on.
import { join } from 'node:path'
import { data, poseTask, validation } from './program.js'

export type LearningData = import('../../dist/evaluate/validation/index.js').LearningData

/** A table as a task. */
export async function read(file: string, target: string, task: 'auto' | 'regression'): Promise<LearningData> {
  const table = await data.readTable(join('..', 'shared', 'data', 'tabular', `${file}.csv.gz`))
  const posed = poseTask(table, target, task)
  return { x: posed.x, target: posed.target }
}

/** A tenth of the rows to judge on; equal rows may lie on both sides, as in the benchmarks compared with. */
export function divide(all: LearningData, fold: number): { train: LearningData; test: LearningData } {
  const { target } = all
  const { folds } = data.kFold({
    rows: all.x,
    seed: 7,
    folds: 10,
    duplicates: 'split',
    ...(target.type === 'classes' ? { stratify: target.codes } : {}),
  })
  const { train, test } = folds[fold]!
  return { train: validation.takeData(all, train), test: validation.takeData(all, test) }
}
