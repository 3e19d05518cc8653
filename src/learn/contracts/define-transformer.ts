// Makes a transformer from its parts, so that a new one is: options, fit, apply, toGraph. Everything else is here once.
import { DataError, type OptionsDeclaration, type GivenOptions } from '../../base/index.js'
import type { ColumnType, Field, Table } from '../../data/index.js'
import type { FittedTransform, Portability, RowFunction, Transform } from './core.js'
import { encodeState, type ModelDocument } from './document.js'
import { checkFinite, selectInputs } from './features.js'
import type { FitData } from './fit-data.js'
import { type SavedState, savedState } from './saved-state.js'
import type { SymbolicTable } from './symbolic-table.js'
import { asTransformer, type PublicTransformer } from './transformer-face.js'

/** The parts of a transformer. State is plain data: numbers, strings, arrays, typed arrays and objects of these. */
export interface TransformerDefinition<Options extends object, State> {
  readonly kind: string
  readonly options: OptionsDeclaration<Options>
  /** The types of columns that it takes; others are an error. */
  readonly accepts: readonly ColumnType[]
  /** Fitting needs a target. */
  readonly needsTarget?: boolean
  readonly portable?: Portability
  fit(data: FitData, options: Readonly<Options>): State | Promise<State>
  /** The names of the columns that come out. */
  outputs(state: State, inputs: readonly Field[], options: Readonly<Options>): readonly string[]
  /** `x` holds exactly the fitted columns, in order. */
  apply(state: State, x: Table, options: Readonly<Options>): Table
  /** The same as {@link apply} in operators. `x` holds exactly the fitted columns, in order. */
  toGraph(state: State, x: SymbolicTable, options: Readonly<Options>): SymbolicTable
  /** The same as {@link apply} for one row of the fitted columns, in order; prepares what it can once. */
  compileRow?(state: State, options: Readonly<Options>): RowFunction
  /** The training table, where it must differ from `apply` (out-of-fold encodings). */
  applyToTraining?(state: State, data: FitData, options: Readonly<Options>): Table
}

/** Makes a description from options; reads a saved transform back. */
export interface TransformerFactory<Options extends object> {
  (options?: GivenOptions<Options>): PublicTransformer
  readonly kind: string
  readonly optionsDeclaration: OptionsDeclaration<Options>
  restore(document: ModelDocument): Transform
}

/** Makes the factory of a transformer from its definition. */
export function defineTransformer<Options extends object, State>(
  definition: TransformerDefinition<Options, State>,
): TransformerFactory<Options> {
  const { kind } = definition
  const describe = (given?: GivenOptions<Options>): PublicTransformer => {
    const options = definition.options.parse(kind, given)
    return asTransformer({
      kind,
      options: options as Readonly<Record<string, unknown>>,
      fitCore: (data) => fitTransformer(definition, options, data),
    })
  }
  return Object.assign(describe, {
    kind,
    optionsDeclaration: definition.options,
    restore(document: ModelDocument): Transform {
      const options = definition.options.parse(kind, document.options as GivenOptions<Options>)
      return makeTransform(definition, options, savedState<State>(document))
    },
  })
}

async function fitTransformer<Options extends object, State>(
  definition: TransformerDefinition<Options, State>,
  options: Readonly<Options>,
  data: FitData,
): Promise<FittedTransform> {
  data.signal?.throwIfAborted()
  checkColumns(definition, data)
  const fitted = await definition.fit(data, options)
  const transform = makeTransform(definition, options, { inputs: data.x.fields, fitted })
  const training =
    definition.applyToTraining?.(fitted, data, options) ?? definition.apply(fitted, data.x, options)
  return { transform, training }
}

function checkColumns<Options extends object, State>(
  definition: TransformerDefinition<Options, State>,
  data: FitData,
): void {
  const { kind, accepts } = definition
  if (data.x.rowCount === 0) throw new DataError(`${kind}: there are no rows to learn from.`, { count: 0 })
  if (definition.needsTarget === true && data.target === undefined) {
    throw new DataError(`${kind}: fitting needs a target. Give fit(x, y).`, {})
  }
  for (const field of data.x.fields) {
    if (!accepts.includes(field.type)) {
      throw new DataError(
        `${kind}: column '${field.name}' is of type ${field.type}, expected ${accepts.join(' or ')}. Choose its columns with onColumns().`,
        { column: field.name, expected: accepts, received: field.type },
      )
    }
  }
  checkFinite(data.x, kind)
}

function makeTransform<Options extends object, State>(
  definition: TransformerDefinition<Options, State>,
  options: Readonly<Options>,
  { inputs, fitted }: SavedState<State>,
): Transform {
  const { kind, portable = 'exact' } = definition
  const names = inputs.map((field) => field.name)
  const apply = (x: Table): Table => definition.apply(fitted, selectInputs(x, inputs, kind), options)
  return Object.freeze({
    kind,
    portable,
    inputs,
    outputs: definition.outputs(fitted, inputs, options),
    apply,
    transform: async (x: Table) => apply(x),
    rowFunction: () => definition.compileRow?.(fitted, options),
    toGraph: (x: SymbolicTable) => definition.toGraph(fitted, x.select(names), options),
    toJSON: (): ModelDocument => ({
      format: 'modelwright',
      version: 1,
      kind,
      options,
      state: encodeState({ inputs, fitted }),
    }),
  })
}
