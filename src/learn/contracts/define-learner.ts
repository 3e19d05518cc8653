// Makes an estimator from its numbers-only parts, so that a new one is: options, fit, predict, toGraph.
import { DataError, type OptionsDeclaration, type GivenOptions } from '../../base/index.js'
import { type Matrix, matrix, type Table, toMatrix } from '../../data/index.js'
import { cast, type GraphBuilder, type Value } from '../../engine/onnx/index.js'
import type { CoreEstimator, CoreModel, Learned, Portability, RowValue } from './core.js'
import { encodeState, type ModelDocument } from './document.js'
import { asClassifier, asRegressor } from './estimator-face.js'
import type { Classifier, Regressor } from './faces.js'
import { checkFinite, selectInputs } from './features.js'
import type { FitData, LearnerData, LearnerTraits } from './fit-data.js'
import { savedClasses, savedCodes, type SavedState, savedState } from './saved-state.js'
import type { Label, Target } from './target.js'
import {
  countCodes,
  encodeTexts,
  encodeTextsInGraph,
  encodeValue,
  fitCodes,
  type TextCodes,
} from './text-codes.js'

/** The parts of a learner. State is plain data, as for transformers. */
export interface LearnerDefinition<Options extends object, State, Parts extends Learned = Learned> {
  readonly kind: string
  readonly options: OptionsDeclaration<Options>
  readonly traits: Omit<LearnerTraits, 'predicts'>
  readonly portable?: Portability
  /** Checks options against one another, beyond what the declaration says. */
  check?(options: Readonly<Options>): void
  fit(data: LearnerData, options: Readonly<Options>): State | Promise<State>
  /** Row-major rows × k probabilities, or one value per row; synchronous and without a runtime. */
  predict(state: State, x: Matrix): Float64Array
  /** The same, faster for many rows. */
  predictMany?(state: State, x: Matrix): Promise<Float64Array>
  /**
   * `x` is [N, p] in the width that traits ask for; for a learner that looks at no column, a tensor of N rows of any
   * type. Gives float64 probabilities [N, k] or values [N, 1].
   */
  toGraph(state: State, x: Value, graph: GraphBuilder): Value
  /** What people may read of the fitted model. @default the state itself */
  learned?(state: State, names: readonly string[]): Parts
}

/** Makes a description from options; reads a saved model back. */
export interface LearnerFactory<Options extends object, Face> {
  (options?: GivenOptions<Options>): Face
  readonly kind: string
  readonly optionsDeclaration: OptionsDeclaration<Options>
  restore(document: ModelDocument): CoreModel
}

/** Makes the factory of a classifier. `predict` of the definition gives probabilities; `Parts` is what `learned` gives. */
export function defineClassifier<Options extends object, State, Parts extends Learned = Learned>(
  definition: LearnerDefinition<Options, State, Parts>,
): LearnerFactory<Options, Classifier<Parts>> {
  return factory(definition, 'classes', asClassifier<Parts>)
}

/** Makes the factory of a regressor. `Parts` is what `learned` gives. */
export function defineRegressor<Options extends object, State, Parts extends Learned = Learned>(
  definition: LearnerDefinition<Options, State, Parts>,
): LearnerFactory<Options, Regressor<Parts>> {
  return factory(definition, 'values', asRegressor<Parts>)
}

interface Saved<State> extends SavedState<State> {
  readonly classes: readonly Label[]
  /** Of text columns, for learners that take text as codes. */
  readonly codes?: TextCodes | undefined
}

interface Made<Options extends object, State> {
  readonly definition: LearnerDefinition<Options, State>
  readonly predicts: 'classes' | 'values'
  readonly options: Readonly<Options>
}

function factory<Options extends object, State, Face>(
  definition: LearnerDefinition<Options, State>,
  predicts: 'classes' | 'values',
  face: (core: CoreEstimator) => Face,
): LearnerFactory<Options, Face> {
  const { kind } = definition
  const parse = (given?: GivenOptions<Options>): Readonly<Options> => {
    const options = definition.options.parse(kind, given)
    definition.check?.(options)
    return options
  }
  const describe = (given?: GivenOptions<Options>): Face => {
    const made = { definition, predicts, options: parse(given) }
    return face({
      role: 'estimator',
      kind,
      options: made.options as Readonly<Record<string, unknown>>,
      traits: { ...definition.traits, predicts },
      fitCore: (data) => fitLearner(made, data),
    })
  }
  return Object.assign(describe, {
    kind,
    optionsDeclaration: definition.options,
    restore(document: ModelDocument): CoreModel {
      const options = parse(document.options as GivenOptions<Options>)
      const saved = {
        ...savedState<State>(document),
        classes: savedClasses(document, predicts),
        codes: savedCodes(document),
      }
      return makeModel({ definition, predicts, options }, saved)
    },
  })
}

async function fitLearner<Options extends object, State>(
  made: Made<Options, State>,
  data: FitData,
): Promise<CoreModel> {
  const { definition, options } = made
  data.signal?.throwIfAborted()
  const target = requireTarget(made, data.target)
  const classes = target.type === 'classes' ? target.classes : []
  checkFinite(data.x, definition.kind)
  if (data.validation !== undefined) checkFinite(data.validation.x, `${definition.kind}, validation part`)
  const codes = codesFor(definition, data.x)
  const x = learnerMatrix(definition, data.x, codes)
  const fitted = await definition.fit(
    {
      x,
      levels: codes === undefined ? undefined : countCodes(codes),
      y: numbersOf(target),
      nClasses: classes.length,
      classes,
      sampleWeight: data.sampleWeight,
      validation:
        data.validation === undefined
          ? undefined
          : {
              x: learnerMatrix(definition, data.validation.x.select(data.x.names), codes),
              y: numbersOf(data.validation.target),
              sampleWeight: data.validation.sampleWeight,
            },
      rng: data.rng,
      threads: data.threads,
      signal: data.signal,
      onEvent: data.onEvent,
    },
    options,
  )
  data.signal?.throwIfAborted()
  return makeModel(made, { inputs: data.x.fields, classes, codes, fitted })
}

function requireTarget<Options extends object, State>(
  made: Made<Options, State>,
  target: Target | undefined,
): Target {
  const { kind } = made.definition
  if (target === undefined) throw new DataError(`${kind}: fitting needs a target. Give fit(x, y).`, {})
  if (target.type !== made.predicts) {
    throw new DataError(
      `${kind}: expected a target of ${made.predicts}, received ${target.type}. Use the ${target.type === 'classes' ? 'classifier' : 'regressor'} of this family.`,
      { expected: made.predicts, received: target.type },
    )
  }
  return target
}

const numbersOf = (target: Target): Float64Array =>
  target.type === 'classes' ? Float64Array.from(target.codes) : target.values

/** Undefined where there is no text, or the learner has no use for it. */
const codesFor = <Options extends object, State>(
  { traits }: LearnerDefinition<Options, State>,
  x: Table,
): TextCodes | undefined =>
  traits.text === 'codes' && x.fields.some(({ type }) => type === 'string') ? fitCodes(x) : undefined

function learnerMatrix<Options extends object, State>(
  { kind, traits }: LearnerDefinition<Options, State>,
  x: Table,
  codes?: TextCodes,
): Matrix {
  // Only the number of rows counts, so columns of any type will do.
  if (traits.prefers === 'none') return matrix(new Float64Array(0), { rows: x.rowCount, columns: 0 })
  if (!traits.missing) checkComplete(x, kind)
  return toMatrix(codes === undefined ? x : encodeTexts(x, codes), traits.matrix)
}

function checkComplete(x: Table, kind: string): void {
  for (const name of x.names) {
    const column = x.col(name)
    if (column.type === 'string') continue
    for (let row = 0; row < column.length; row++) {
      if (column.at(row) === null) throw missingValue(kind, name, row)
    }
  }
}

const missingValue = (kind: string, column: string, firstRow: number): DataError =>
  new DataError(
    `${kind}: column '${column}' has missing values, first at row ${firstRow}, and this learner accepts none. Put imputer() or autoPrepare() before it.`,
    { column, firstRow },
  )

/** Scores one row: the numbers go straight into a matrix of one row. */
function rowScorer<Options extends object, State>(
  definition: LearnerDefinition<Options, State>,
  { fitted, inputs, codes }: Saved<State>,
): (row: readonly RowValue[]) => Float64Array {
  const { kind, traits } = definition
  const names = inputs.map(({ name }) => name)
  const columns = names.length
  return (row) => {
    // A matrix of its own for each call: a state shared between calls would not survive a caller that keeps it.
    const data = traits.matrix === 'float32' ? new Float32Array(columns) : new Float64Array(columns)
    for (let j = 0; j < columns; j++)
      data[j] = codes === undefined ? (row[j] as number) : encodeValue(row[j]!, codes[j]!)
    if (!traits.missing) requireNumbers(data, names, kind)
    return definition.predict(fitted, { data, rows: 1, columns, names })
  }
}

function requireNumbers(data: Float32Array | Float64Array, names: readonly string[], kind: string): void {
  for (let j = 0; j < data.length; j++) if (Number.isNaN(data[j]!)) throw missingValue(kind, names[j]!, 0)
}

function makeModel<Options extends object, State>(
  { definition, predicts, options }: Made<Options, State>,
  saved: Saved<State>,
): CoreModel {
  const { inputs, classes, codes, fitted } = saved
  const { kind, traits, portable = 'exact' } = definition
  const names = inputs.map((field) => field.name)
  const toX = (x: Table): Matrix => learnerMatrix(definition, selectInputs(x, inputs, kind), codes)
  return Object.freeze({
    kind,
    predicts,
    portable,
    classes,
    inputs,
    learned: definition.learned?.(fitted, names) ?? (fitted as Learned),
    scoreNow: (x: Table) => definition.predict(fitted, toX(x)),
    rowFunction: () => rowScorer(definition, saved),
    score: async (x: Table) =>
      definition.predictMany === undefined
        ? definition.predict(fitted, toX(x))
        : definition.predictMany(fitted, toX(x)),
    toGraph(x, graph) {
      if (traits.prefers === 'none') return definition.toGraph(fitted, x.col(names[0]!).tensor, graph)
      const own = x.select(names)
      const stacked = (codes === undefined ? own : encodeTextsInGraph(own, codes)).stack()
      const input = traits.matrix === 'float32' ? cast(graph, stacked, 'float32') : stacked
      return definition.toGraph(fitted, input, graph)
    },
    toJSON: (): ModelDocument => ({
      format: 'modelwright',
      version: 1,
      kind,
      options,
      state: encodeState({ inputs, classes, fitted, ...(codes === undefined ? {} : { codes }) }),
    }),
  } satisfies CoreModel)
}
