// The public faces of estimators and models as types: what users hold, and what their editor tells them.
import type { Field, Matrix, Table } from '../../data/index.js'
import type { CoreEstimator, CoreModel, Learned, Portability } from './core.js'
import type { ModelDocument } from './document.js'
import type { Features } from './features.js'
import type { FitOptions, TargetOption } from './fit-options.js'
import type { Label, TargetInput } from './target.js'

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
  /**
   * Learns from rows, one of whose fields is the target; the model then knows the type of the others.
   *
   * @param rows - objects of one type; null is a missing value
   * @param options - `target`, the field to predict, which holds numbers, and {@link FitOptions}
   * @returns the fitted model
   * @throws {@link UnknownColumnError} when there is no such column; {@link DataError} for a target with missing values or
   * data that the learner cannot take; {@link InvalidOptionError} for an option that is not understood
   * @example
   * ```ts
   * const flats = [{ size: 30, rent: 600 }, { size: 50, rent: 1000 }, { size: 80, rent: 1600 }]
   * const model = await linearRegression().fit(flats, { target: 'rent' })
   * Math.round(model.predictRow({ size: 60 })) // => 1200
   * ```
   */
  fit<R extends object, K extends NumberKey<R>, Self>(
    this: Self,
    rows: readonly R[],
    options: TargetOption<K>,
  ): Promise<RegressorModel<Omit<R, K>, PartsOf<Self>>>
  /**
   * Learns from a table, one of whose columns is the target.
   *
   * @param x - the features and the target
   * @param options - `target`, the name of a column of numbers, and {@link FitOptions}
   * @returns the fitted model
   * @throws {@link UnknownColumnError} when there is no such column; {@link DataError} for a target with missing values or
   * data that the learner cannot take; {@link InvalidOptionError} for an option that is not understood
   * @example
   * ```ts
   * const flats = fromRows([{ size: 30, rent: 600 }, { size: 50, rent: 1000 }, { size: 80, rent: 1600 }])
   * const model = await linearRegression().fit(flats, { target: 'rent' })
   * model.inputs.map(({ name }) => name) // => ['size']
   * ```
   */
  fit<Self>(this: Self, x: Table, options: TargetOption): Promise<RegressorModel<object, PartsOf<Self>>>
  /**
   * Learns from rows, with the numbers to predict beside them.
   *
   * @param rows - objects of one type; null is a missing value
   * @param y - one number per row
   * @param options - see {@link FitOptions}
   * @returns the fitted model
   * @throws {@link ShapeError} when the lengths differ; {@link DataError} for missing labels or data that the learner cannot
   * take; {@link InvalidOptionError} for an option that is not understood
   * @example
   * ```ts
   * const model = await linearRegression().fit([{ size: 30 }, { size: 50 }, { size: 80 }], [600, 1000, 1600])
   * Math.round(model.predictRow({ size: 60 })) // => 1200
   * ```
   */
  fit<R extends object, Self>(
    this: Self,
    rows: readonly R[],
    y: TargetInput,
    options?: FitOptions,
  ): Promise<RegressorModel<R, PartsOf<Self>>>
  /**
   * Learns from a table or a matrix, with the numbers to predict beside it.
   *
   * @param x - the features
   * @param y - one number per row, or a column
   * @param options - see {@link FitOptions}
   * @returns the fitted model
   * @throws {@link ShapeError} when the lengths differ; {@link DataError} for missing labels or data that the learner cannot
   * take; {@link InvalidOptionError} for an option that is not understood
   * @example
   * ```ts
   * const x = matrix(Float64Array.of(30, 50, 80), { rows: 3, columns: 1, names: ['size'] })
   * const model = await linearRegression().fit(x, [600, 1000, 1600])
   * Math.round(model.predictRow({ size: 60 })) // => 1200
   * ```
   */
  fit<Self>(
    this: Self,
    x: Table | Matrix,
    y: TargetInput,
    options?: FitOptions,
  ): Promise<RegressorModel<object, PartsOf<Self>>>
  /**
   * Learns from features of any form, with the numbers to predict beside them.
   *
   * @param x - rows, a table or a matrix
   * @param y - one number per row, or a column
   * @param options - see {@link FitOptions}
   * @returns the fitted model
   * @throws {@link ShapeError} when the lengths differ; {@link DataError} for missing labels or data that the learner cannot
   * take; {@link InvalidOptionError} for an option that is not understood
   */
  fit(x: Features, y: TargetInput, options?: FitOptions): Promise<RegressorModel>
  /**
   * Learns from a table, one of whose columns is the target.
   *
   * @param x - the features and the target
   * @param options - `target`, the name of a column, and {@link FitOptions}
   * @returns the fitted model
   * @throws {@link UnknownColumnError} when there is no such column; {@link DataError} for a target with missing values or
   * data that the learner cannot take; {@link InvalidOptionError} for an option that is not understood
   */
  fit(x: Table, options: TargetOption): Promise<RegressorModel>
}

/** Learns to predict numbers. */
export interface Regressor<Parts = Learned> extends CoreEstimator, FitsValues, Learns<Parts> {}

interface FitsClasses {
  /**
   * Learns from rows, one of whose fields is the target; the model then knows the type of the others, and its labels.
   *
   * @param rows - objects of one type; null is a missing value
   * @param options - `target`, the field to predict, and {@link FitOptions}
   * @returns the fitted model
   * @throws {@link UnknownColumnError} when there is no such column; {@link DataError} for a target with missing values or
   * data that the learner cannot take; {@link InvalidOptionError} for an option that is not understood
   * @example
   * ```ts
   * const people = [{ age: 5, adult: 'no' }, { age: 12, adult: 'no' }, { age: 30, adult: 'yes' }, { age: 40, adult: 'yes' }]
   * const model = await logisticRegression().fit(people, { target: 'adult' })
   * model.predictRow({ age: 35 }) // => 'yes'
   * ```
   */
  fit<R extends object, K extends keyof R & string, Self>(
    this: Self,
    rows: readonly R[],
    options: TargetOption<K>,
  ): Promise<ClassifierModel<LabelIn<R[K]>, Omit<R, K>, PartsOf<Self>>>
  /**
   * Learns from a table, one of whose columns is the target.
   *
   * @param x - the features and the target
   * @param options - `target`, the name of a column, and {@link FitOptions}
   * @returns the fitted model
   * @throws {@link UnknownColumnError} when there is no such column; {@link DataError} for a target with missing values or
   * data that the learner cannot take; {@link InvalidOptionError} for an option that is not understood
   * @example
   * ```ts
   * const people = fromRows([{ age: 5, adult: 'no' }, { age: 12, adult: 'no' }, { age: 30, adult: 'yes' }])
   * const model = await logisticRegression().fit(people, { target: 'adult' })
   * model.classes // => ['no', 'yes']
   * ```
   */
  fit<Self>(
    this: Self,
    x: Table,
    options: TargetOption,
  ): Promise<ClassifierModel<Label, object, PartsOf<Self>>>
  /**
   * Learns from rows, with the labels to predict beside them.
   *
   * @param rows - objects of one type; null is a missing value
   * @param y - one label per row
   * @param options - see {@link FitOptions}
   * @returns the fitted model
   * @throws {@link ShapeError} when the lengths differ; {@link DataError} for missing labels or data that the learner cannot
   * take; {@link InvalidOptionError} for an option that is not understood
   * @example
   * ```ts
   * const model = await logisticRegression().fit([{ age: 5 }, { age: 12 }, { age: 30 }, { age: 40 }], ['no', 'no', 'yes', 'yes'])
   * model.predictRow({ age: 35 }) // => 'yes'
   * ```
   */
  fit<R extends object, const L extends Label, Self>(
    this: Self,
    rows: readonly R[],
    y: readonly L[],
    options?: FitOptions,
  ): Promise<ClassifierModel<L, R, PartsOf<Self>>>
  /**
   * Learns from a table or a matrix, with the labels to predict beside it.
   *
   * @param x - the features
   * @param y - one label per row
   * @param options - see {@link FitOptions}
   * @returns the fitted model
   * @throws {@link ShapeError} when the lengths differ; {@link DataError} for missing labels or data that the learner cannot
   * take; {@link InvalidOptionError} for an option that is not understood
   * @example
   * ```ts
   * const x = matrix(Float64Array.of(5, 12, 30, 40), { rows: 4, columns: 1, names: ['age'] })
   * const model = await logisticRegression().fit(x, ['no', 'no', 'yes', 'yes'])
   * model.predictRow({ age: 35 }) // => 'yes'
   * ```
   */
  fit<const L extends Label, Self>(
    this: Self,
    x: Table | Matrix,
    y: readonly L[],
    options?: FitOptions,
  ): Promise<ClassifierModel<L, object, PartsOf<Self>>>
  /**
   * Learns from a table or a matrix, with a column of labels beside it.
   *
   * @param x - the features
   * @param y - one label per row, or a column
   * @param options - see {@link FitOptions}
   * @returns the fitted model
   * @throws {@link ShapeError} when the lengths differ; {@link DataError} for missing labels or data that the learner cannot
   * take; {@link InvalidOptionError} for an option that is not understood
   * @example
   * ```ts
   * const people = fromRows([{ age: 5, adult: 'no' }, { age: 12, adult: 'no' }, { age: 30, adult: 'yes' }])
   * const model = await logisticRegression().fit(people.drop('adult'), people.col('adult'))
   * model.classes // => ['no', 'yes']
   * ```
   */
  fit<Self>(
    this: Self,
    x: Table | Matrix,
    y: TargetInput,
    options?: FitOptions,
  ): Promise<ClassifierModel<Label, object, PartsOf<Self>>>
  /**
   * Learns from features of any form, with the labels to predict beside them.
   *
   * @param x - rows, a table or a matrix
   * @param y - one label per row, or a column
   * @param options - see {@link FitOptions}
   * @returns the fitted model
   * @throws {@link ShapeError} when the lengths differ; {@link DataError} for missing labels or data that the learner cannot
   * take; {@link InvalidOptionError} for an option that is not understood
   */
  fit(x: Features, y: TargetInput, options?: FitOptions): Promise<ClassifierModel>
  /**
   * Learns from a table, one of whose columns is the target.
   *
   * @param x - the features and the target
   * @param options - `target`, the name of a column, and {@link FitOptions}
   * @returns the fitted model
   * @throws {@link UnknownColumnError} when there is no such column; {@link DataError} for a target with missing values or
   * data that the learner cannot take; {@link InvalidOptionError} for an option that is not understood
   */
  fit(x: Table, options: TargetOption): Promise<ClassifierModel>
}

/** Learns to predict classes. */
export interface Classifier<Parts = Learned> extends CoreEstimator, FitsClasses, Learns<Parts> {}
