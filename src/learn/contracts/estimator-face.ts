// The public faces of estimators and models. One implementation for every family and every composition.
import { DataError, InvalidOptionError, rng, type WorkOptions } from '../../base/index.js'
import { type Matrix, matrix, type Row, type Table } from '../../data/index.js'
import type { CoreEstimator, CoreModel, Portability } from './core.js'
import type { ModelDocument } from './document.js'
import { asTable, type Features, fittedColumns } from './features.js'
import { rowTable, rowValues } from './row-table.js'
import type { FitData } from './fit-data.js'
import type { Field } from '../../data/index.js'
import { exportOnnx } from './export-onnx.js'
import {
  checkLengths,
  noRows,
  requireTargetInput,
  classTarget,
  type Label,
  type Target,
  type TargetInput,
  valueTarget,
} from './target.js'

/** What every `fit` accepts. */
export interface FitOptions extends WorkOptions {
  /** Rows with greater weights count more; at least 0. */
  readonly sampleWeight?: ArrayLike<number> | undefined
  /** A part set aside, for early stopping. */
  readonly validation?: { readonly x: Features; readonly y: TargetInput } | undefined
  /** @default 0 */
  readonly seed?: number | undefined
  /** Threads for kernels; results do not depend on it. @default the number of cores */
  readonly threads?: number | undefined
}

/** What both kinds of model have. */
export interface Model {
  readonly kind: string
  readonly portable: Portability
  /** The columns that it reads. */
  readonly inputs: readonly Field[]
  /** What the learner lets people read: coefficients, trees. */
  readonly learned: Readonly<Record<string, unknown>>
  /** For composition; see `CoreModel`. */
  readonly core: CoreModel
  toJSON(): ModelDocument
  /** The model as the bytes of an ONNX file, from raw named columns to prediction. */
  toOnnx(): Uint8Array
}

/** A fitted regressor. `Input` is the type of a row. */
export interface RegressorModel<Input = Row> extends Model {
  /** One number per row, in input order. */
  predict(x: Features): Promise<Float64Array>
  /** One row at once, without a runtime. */
  predictRow(row: Input): number
}

/** A fitted classifier. `L` are the target's own labels. */
export interface ClassifierModel<L extends Label = Label, Input = Row> extends Model {
  readonly classes: readonly L[]
  /** For two classes: the probability of the second class from which it is predicted. */
  readonly threshold: number
  /** One label per row, in input order. */
  predict(x: Features): Promise<L[]>
  /** Rows × classes probabilities; columns are named by class. */
  predictProba(x: Features): Promise<Matrix>
  /** One row at once, without a runtime. */
  predictRow(row: Input): L
  /** The probability of each class for one row. */
  predictProbaRow(row: Input): { readonly label: L; readonly probability: number }[]
  /** The same model with another decision threshold. @throws {@link InvalidOptionError} beyond 0 to 1, or unless two classes */
  withThreshold(threshold: number): ClassifierModel<L, Input>
}

type LabelIn<T> = Extract<T, Label>

/** Learns to predict numbers. */
export interface Regressor extends CoreEstimator {
  fit<R extends object, K extends keyof R & string>(
    rows: readonly R[],
    options: FitOptions & { readonly target: K },
  ): Promise<RegressorModel<Omit<R, K>>>
  fit(x: Table, options: FitOptions & { readonly target: string }): Promise<RegressorModel>
  fit(x: Features, y: TargetInput, options?: FitOptions): Promise<RegressorModel>
}

/** Learns to predict classes. */
export interface Classifier extends CoreEstimator {
  fit<R extends object, K extends keyof R & string>(
    rows: readonly R[],
    options: FitOptions & { readonly target: K },
  ): Promise<ClassifierModel<LabelIn<R[K]>, Omit<R, K>>>
  fit(x: Table, options: FitOptions & { readonly target: string }): Promise<ClassifierModel>
  fit<const L extends Label>(x: Features, y: readonly L[], options?: FitOptions): Promise<ClassifierModel<L>>
  fit(x: Features, y: TargetInput, options?: FitOptions): Promise<ClassifierModel>
}

type TargetOption = FitOptions & { readonly target: string }
type FitArguments = [x: Features, y: TargetInput | TargetOption, options?: FitOptions]

function isTargetOption(y: TargetInput | TargetOption): y is TargetOption {
  return typeof y === 'object' && y !== null && 'target' in y
}

/** Brings the forms of `fit` down to one. */
function fitData(
  [features, yOrOptions, given = {}]: FitArguments,
  toTarget: (y: TargetInput) => Target,
): FitData {
  const table = asTable(features)
  const byName = isTargetOption(yOrOptions)
  if (!byName) requireTargetInput(yOrOptions)
  const options = byName ? yOrOptions : given
  // Before the target is looked for: rows that are not there have no columns either.
  if (table.rowCount === 0 && (byName || yOrOptions.length === 0)) throw noRows()
  const x = byName ? table.drop(yOrOptions.target) : table
  const target = toTarget(byName ? table.col(yOrOptions.target) : yOrOptions)
  checkLengths(x, target, options.sampleWeight)
  if (x.names.length === 0)
    throw new DataError('fit: there are no feature columns beside the target.', { count: 0 })
  return {
    x,
    target,
    sampleWeight: options.sampleWeight === undefined ? undefined : Float64Array.from(options.sampleWeight),
    validation: validationPart(x, options, toTarget),
    rng: rng(options.seed ?? 0),
    threads: options.threads,
    signal: options.signal,
    onEvent: options.onEvent,
  }
}

function validationPart(x: Table, { validation }: FitOptions, toTarget: (y: TargetInput) => Target) {
  if (validation === undefined) return undefined
  const part = {
    x: fittedColumns(asTable(validation.x, x.fields), x.fields, 'fit: the validation part'),
    target: toTarget(validation.y),
  }
  checkLengths(part.x, part.target)
  return part
}

/** Puts the public face of a regressor on a core estimator. */
export function asRegressor(core: CoreEstimator): Regressor {
  const fit = async (...given: FitArguments): Promise<RegressorModel> =>
    regressorModel(await core.fitCore(fitData(given, valueTarget)))
  return Object.freeze({ ...core, fit }) as Regressor
}

/** Puts the public face of a classifier on a core estimator. */
export function asClassifier(core: CoreEstimator): Classifier {
  const fit = async (...given: FitArguments): Promise<ClassifierModel> => {
    const data = fitData(given, classTarget)
    return classifierModel(await core.fitCore({ ...data, validation: sameClasses(data) }))
  }
  return Object.freeze({ ...core, fit }) as Classifier
}

/** Codes the validation part by the classes of the training part. */
function sameClasses(data: FitData): FitData['validation'] {
  const { validation, target } = data
  if (validation?.target.type !== 'classes' || target?.type !== 'classes') return validation
  const known = new Map(target.classes.map((label, code) => [label, code]))
  const { classes, codes } = validation.target
  const translated = Int32Array.from(codes, (code) => {
    const label = classes[code]!
    const found = known.get(label)
    if (found === undefined) {
      throw new DataError(
        `fit: class '${String(label)}' occurs in the validation part only. Give training rows of it.`,
        {
          label,
        },
      )
    }
    return found
  })
  return { ...validation, target: { type: 'classes', classes: target.classes, codes: translated } }
}

const common = (core: CoreModel) => ({
  kind: core.kind,
  portable: core.portable,
  inputs: core.inputs,
  learned: core.learned,
  core,
})

/** Scores single rows: compiled on first use where the model can be, otherwise over a table of one row. */
function rowScorer(core: CoreModel): (row: unknown) => Float64Array {
  let compiled: ReturnType<CoreModel['rowFunction']> | null = null
  return (row) => {
    if (compiled === null) compiled = core.rowFunction()
    if (compiled === undefined) return core.scoreNow(rowTable(row as Row, core.inputs))
    return compiled(rowValues(row as Row, core.inputs))
  }
}

const manyRows = async (core: CoreModel, x: Features): Promise<Float64Array> =>
  core.score(fittedColumns(asTable(x, core.inputs), core.inputs, core.kind))

/** The public face of a fitted regressor. */
export function regressorModel(core: CoreModel): RegressorModel {
  const scoreRow = rowScorer(core)
  return Object.freeze({
    ...common(core),
    predict: (x: Features) => manyRows(core, x),
    predictRow: (row: Row) => scoreRow(row)[0]!,
    toJSON: () => core.toJSON(),
    toOnnx: () => exportOnnx(core, {}),
  })
}

/** The public face of a fitted classifier. The threshold counts for two classes only; more take the most probable. */
export function classifierModel(core: CoreModel, threshold = 0.5): ClassifierModel {
  const { classes } = core
  const k = classes.length
  const scoreRow = rowScorer(core)
  const decide = (scores: Float64Array, row: number): Label =>
    classes[decideCode({ scores, row, k, threshold })]!
  return Object.freeze({
    ...common(core),
    classes,
    threshold,
    async predict(x: Features) {
      const scores = await manyRows(core, x)
      return Array.from({ length: scores.length / k }, (_, row) => decide(scores, row))
    },
    async predictProba(x: Features) {
      const scores = await manyRows(core, x)
      return matrix(scores, { rows: scores.length / k, columns: k, names: classes.map(String) })
    },
    predictRow: (row: Row) => decide(scoreRow(row), 0),
    predictProbaRow(row: Row) {
      const scores = scoreRow(row)
      return classes.map((label, code) => ({ label, probability: scores[code]! }))
    },
    withThreshold(other: number) {
      checkThreshold(other, k)
      return classifierModel(core, other)
    },
    toJSON: () => ({ ...core.toJSON(), ...(threshold === 0.5 ? {} : { threshold }) }),
    toOnnx: () => exportOnnx(core, { threshold }),
  })
}

function checkThreshold(threshold: number, classes: number): void {
  if (classes === 2 && threshold >= 0 && threshold <= 1) return
  throw new InvalidOptionError(
    `withThreshold: expected a number from 0 to 1 for a model of two classes, received ${threshold} for ${classes} classes.`,
    { option: 'threshold', expected: 'a number from 0 to 1, for two classes', received: threshold },
  )
}

/** The code decided for one row of row-major probabilities: first of the greatest, or for two classes by threshold. */
export function decideCode(given: {
  readonly scores: Float64Array
  readonly row: number
  readonly k: number
  readonly threshold: number
}): number {
  const { scores, row, k, threshold } = given
  const at = row * k
  if (k === 2 && threshold !== 0.5) return scores[at + 1]! >= threshold ? 1 : 0
  let best = 0
  for (let code = 1; code < k; code++) if (scores[at + code]! > scores[at + best]!) best = code
  return best
}
