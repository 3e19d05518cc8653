// The public faces of estimators and models. One implementation for every family and every composition.
import { InvalidOptionError } from '../../base/index.js'
import { type Field, type Matrix, matrix, type Row, type Table } from '../../data/index.js'
import type { CoreEstimator, CoreModel, Learned, Portability } from './core.js'
import type { ModelDocument } from './document.js'
import { exportOnnx } from './export-onnx.js'
import { asTable, type Features, fittedColumns } from './features.js'
import { type FitArguments, fitData, type FitOptions, sameClasses, type TargetOption } from './fit-options.js'
import { rowTable, rowValues } from './row-table.js'
import { classTarget, type Label, type TargetInput, valueTarget } from './target.js'

/** What both kinds of model have. */
export interface Model<Parts = Learned> {
  readonly kind: string
  /** Tells a classifier from a regressor, also to the compiler. */
  readonly predicts: 'classes' | 'values'
  readonly portable: Portability
  /** The columns that it reads. */
  readonly inputs: readonly Field[]
  /** What the learner lets people read: coefficients, trees. */
  readonly learned: Parts
  /** The seed that it was fitted with, also where it was drawn; undefined where a document does not tell. */
  readonly seed: number | undefined
  /** For composition; see `CoreModel`. */
  readonly core: CoreModel
  toJSON(): ModelDocument
  /** The model as the bytes of an ONNX file, from raw named columns to prediction. */
  toOnnx(): Uint8Array
}

/** What a model predicts for: rows of the type that it learned from, a table or a matrix with its columns. */
export type RowsOf<Input> = readonly Input[] | Table | Matrix

/** A fitted regressor. `Input` is the type of a row. */
export interface RegressorModel<Input = object, Parts = Learned> extends Model<Parts> {
  readonly predicts: 'values'
  /** One number per row, in input order. */
  predict(x: RowsOf<Input>): Promise<Float64Array>
  /** One row at once, without a runtime. */
  predictRow(row: Input): number
}

/** A fitted classifier. `L` are the target's own labels. */
export interface ClassifierModel<
  L extends Label = Label,
  Input = object,
  Parts = Learned,
> extends Model<Parts> {
  readonly predicts: 'classes'
  readonly classes: readonly L[]
  /** For two classes: the probability of the second class from which it is predicted. */
  readonly threshold: number
  /** One label per row, in input order. */
  predict(x: RowsOf<Input>): Promise<L[]>
  /** Rows × classes probabilities; columns are named by class. */
  predictProba(x: RowsOf<Input>): Promise<Matrix>
  /** One row at once, without a runtime. */
  predictRow(row: Input): L
  /** The probability of each class for one row. */
  predictProbaRow(row: Input): { readonly label: L; readonly probability: number }[]
  /** The same model with another decision threshold. @throws {@link InvalidOptionError} beyond 0 to 1, or unless two classes */
  withThreshold(threshold: number): ClassifierModel<L, Input, Parts>
}

/** The labels among the values of a field; of a field whose type is unknown, any. */
type LabelIn<T> = unknown extends T ? Label : Extract<T, Label>

/** The fields of a row that may hold numbers; of rows whose fields are unknown, any. */
type NumberKey<R> = {
  [K in keyof R & string]-?: unknown extends R[K]
    ? K
    : Extract<R[K], number | bigint> extends never
      ? never
      : K
}[keyof R & string]

// A mark for the compiler alone, which no estimator has.
declare const parts: unique symbol

/** An estimator whose models let people read `Parts`. */
export interface Learns<Parts> {
  readonly [parts]?: Parts | undefined
}

/** What the models of an estimator let people read. */
type PartsOf<Estimator> = Estimator extends Learns<infer Parts> ? NonNullable<Parts> : Learned

// The forms of `fit` are one type for all estimators, so that those of a list can be fitted in turn: what their models let
// people read comes from `this`. The last two are the same in both interfaces, for who does not know which one it is.
interface FitsValues {
  fit<R extends object, K extends NumberKey<R>, Self>(
    this: Self,
    rows: readonly R[],
    options: FitOptions & { readonly target: K },
  ): Promise<RegressorModel<Omit<R, K>, PartsOf<Self>>>
  fit<Self>(this: Self, x: Table, options: TargetOption): Promise<RegressorModel<object, PartsOf<Self>>>
  fit<R extends object, Self>(
    this: Self,
    rows: readonly R[],
    y: TargetInput,
    options?: FitOptions,
  ): Promise<RegressorModel<R, PartsOf<Self>>>
  fit<Self>(
    this: Self,
    x: Table | Matrix,
    y: TargetInput,
    options?: FitOptions,
  ): Promise<RegressorModel<object, PartsOf<Self>>>
  fit(x: Features, y: TargetInput, options?: FitOptions): Promise<RegressorModel>
  fit(x: Table, options: TargetOption): Promise<RegressorModel>
}

/** Learns to predict numbers. */
export interface Regressor<Parts = Learned> extends CoreEstimator, FitsValues, Learns<Parts> {}

interface FitsClasses {
  fit<R extends object, K extends keyof R & string, Self>(
    this: Self,
    rows: readonly R[],
    options: FitOptions & { readonly target: K },
  ): Promise<ClassifierModel<LabelIn<R[K]>, Omit<R, K>, PartsOf<Self>>>
  fit<Self>(
    this: Self,
    x: Table,
    options: TargetOption,
  ): Promise<ClassifierModel<Label, object, PartsOf<Self>>>
  fit<R extends object, const L extends Label, Self>(
    this: Self,
    rows: readonly R[],
    y: readonly L[],
    options?: FitOptions,
  ): Promise<ClassifierModel<L, R, PartsOf<Self>>>
  fit<const L extends Label, Self>(
    this: Self,
    x: Table | Matrix,
    y: readonly L[],
    options?: FitOptions,
  ): Promise<ClassifierModel<L, object, PartsOf<Self>>>
  fit<Self>(
    this: Self,
    x: Table | Matrix,
    y: TargetInput,
    options?: FitOptions,
  ): Promise<ClassifierModel<Label, object, PartsOf<Self>>>
  fit(x: Features, y: TargetInput, options?: FitOptions): Promise<ClassifierModel>
  fit(x: Table, options: TargetOption): Promise<ClassifierModel>
}

/** Learns to predict classes. */
export interface Classifier<Parts = Learned> extends CoreEstimator, FitsClasses, Learns<Parts> {}

/** Puts the public face of a regressor on a core estimator. */
export function asRegressor<Parts = Learned>(core: CoreEstimator): Regressor<Parts> {
  const fit = async (...given: FitArguments): Promise<RegressorModel> => {
    const { data, seed } = fitData(given, valueTarget)
    return regressorModel(await core.fitCore(data), { seed })
  }
  return Object.freeze({ ...core, fit }) as Regressor<Parts>
}

/** Puts the public face of a classifier on a core estimator. */
export function asClassifier<Parts = Learned>(core: CoreEstimator): Classifier<Parts> {
  const fit = async (...given: FitArguments): Promise<ClassifierModel> => {
    const { data, seed } = fitData(given, classTarget)
    return classifierModel(await core.fitCore({ ...data, validation: sameClasses(data) }), { seed })
  }
  return Object.freeze({ ...core, fit }) as Classifier<Parts>
}

/** What a face adds to a core model. */
interface FaceOptions {
  /** @default 0.5 */
  readonly threshold?: number | undefined
  readonly seed?: number | undefined
}

const common = (core: CoreModel, seed: number | undefined) => ({
  kind: core.kind,
  portable: core.portable,
  inputs: core.inputs,
  learned: core.learned,
  seed,
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

const manyRows = (core: CoreModel, x: Features): Promise<Float64Array> =>
  core.score(fittedColumns(asTable(x), core.inputs, core.kind))

/** The public face of a fitted regressor. */
export function regressorModel(core: CoreModel, { seed }: Pick<FaceOptions, 'seed'> = {}): RegressorModel {
  const scoreRow = rowScorer(core)
  return Object.freeze({
    ...common(core, seed),
    predicts: 'values' as const,
    predict: (x: Features) => manyRows(core, x),
    predictRow: (row: Row) => scoreRow(row)[0]!,
    toJSON: () => ({ ...core.toJSON(), ...(seed === undefined ? {} : { seed }) }),
    toOnnx: () => exportOnnx(core, {}),
  })
}

/** The public face of a fitted classifier. The threshold counts for two classes only; more take the most probable. */
export function classifierModel(
  core: CoreModel,
  { threshold = 0.5, seed }: FaceOptions = {},
): ClassifierModel {
  const { classes } = core
  const k = classes.length
  const scoreRow = rowScorer(core)
  const decide = (scores: Float64Array, row: number): Label =>
    classes[decideCode({ scores, row, k, threshold })]!
  return Object.freeze({
    ...common(core, seed),
    predicts: 'classes' as const,
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
      return classifierModel(core, { threshold: other, seed })
    },
    toJSON: () => ({
      ...core.toJSON(),
      ...(threshold === 0.5 ? {} : { threshold }),
      ...(seed === undefined ? {} : { seed }),
    }),
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
