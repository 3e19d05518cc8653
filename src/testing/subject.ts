// One way to fit and to read predictions, whatever the task.
import type { Table } from '../data/index.js'
import type { ClassifierModel, FitOptions, RegressorModel, TargetInput } from '../learn/contracts/index.js'
import type { Check, ContractOptions, Subject } from './check.js'
import { makeSample, type Sample } from './sample-data.js'

export type FittedSubject = ClassifierModel | RegressorModel
type Fit = (x: Table, y: TargetInput, options?: FitOptions) => Promise<FittedSubject>

/** The sample that suits the task. */
export function sampleFor(options: ContractOptions, rows = 120, seed = 1): Sample {
  return makeSample({
    rows,
    seed,
    classes: options.task === 'multiclass' ? 3 : 2,
    mixed: options.mixed === true,
  })
}

export const targetFor = (sample: Sample, { task }: ContractOptions): TargetInput =>
  task === 'regression' ? sample.values : sample.labels

/** Fits on a sample. */
export function fitOn(
  subject: Subject,
  given: { sample: Sample; options: ContractOptions; fit?: FitOptions },
): Promise<FittedSubject> {
  return (subject.fit as Fit)(given.sample.x, targetFor(given.sample, given.options), given.fit)
}

/** Probabilities or values, row-major. */
export const scoresOf = (model: FittedSubject, x: Table): Promise<Float64Array> => model.core.score(x)

export const isClassifier = (model: FittedSubject): model is ClassifierModel => 'classes' in model

/** The check with its name beside it. */
export const check = (name: string, run: Check['run']): Check => ({ name, run })
