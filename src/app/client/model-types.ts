// What the client knows of models by their types: `Models` is generated from signatures (`/api/v1/serving/types.ts`).

/** Models whose types are not known. */
export interface AnyModels {
  readonly [model: string]: {
    readonly row: Readonly<Record<string, string | number | boolean | null>>
    readonly prediction: string | number | boolean | null
    readonly classes: string
  }
}

type Part<Models, Name extends keyof Models, Key extends string> =
  Models[Name] extends Readonly<Record<Key, infer Value>> ? Value : never

/** The rows of a model. */
export type RowOf<Models, Name extends keyof Models> = Part<Models, Name, 'row'>

/** The predictions of a model: a label of its classes, or a number. */
export type PredictionOf<Models, Name extends keyof Models> = Part<Models, Name, 'prediction'>

/** The classes of a model as text; never for numbers. */
export type ClassOf<Models, Name extends keyof Models> = Part<Models, Name, 'classes'> & string

/** What a column added to a prediction, against the average of training. */
export interface Contribution {
  readonly column: string
  readonly value: number
}

export interface Interval {
  readonly low: number
  readonly high: number
}

interface Head {
  readonly model: string
  readonly version: string
  readonly requestId: string
}

/** The answer to a row. */
export interface RowAnswer<Prediction, Class extends string> extends Head {
  readonly prediction: Prediction
  /** By class; undefined for models of numbers. */
  readonly probabilities?: Readonly<Record<Class, number>>
  /** For models of numbers that have one: 90 % of values lie in it. */
  readonly interval?: Interval
  /** Sentences about values unlike those of training. */
  readonly warnings: readonly string[]
  /** With `explain`. */
  readonly contributions?: readonly Contribution[]
}

/** The answer to rows: each field a list in their order. */
export interface RowsAnswer<Prediction, Class extends string> extends Head {
  readonly predictions: readonly Prediction[]
  readonly probabilities?: readonly Readonly<Record<Class, number>>[]
  readonly intervals?: readonly Interval[]
  readonly warnings: readonly (readonly string[])[]
  readonly contributions?: readonly (readonly Contribution[])[]
}
