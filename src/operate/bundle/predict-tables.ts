// Predictions as tables, batch by batch, so that memory does not grow with the source.
import { InvalidOptionError, quote } from '../../base/index.js'
import {
  booleanColumn,
  type Column,
  encodeStrings,
  numberColumn,
  table,
  type Table,
} from '../../data/index.js'
import type { Label } from '../../learn/contracts/index.js'
import type { LoadedClassifier, LoadedModel, LoadedRegressor } from './loaded-model.js'

export interface PredictTablesOptions {
  /** Columns of each batch that are carried along in front; none may be called as one of the answer. @default none */
  readonly keep?: readonly string[] | 'all' | undefined
  /** Regression: add `prediction_low` and `prediction_high` for this share of rows. @default none */
  readonly interval?: number | undefined
}

/** Behind the door of this name: doors.ts. */
export async function* predictTables(
  model: LoadedModel,
  tables: AsyncIterable<Table>,
  options: PredictTablesOptions = {},
): AsyncGenerator<Table> {
  if (options.interval !== undefined && model.predicts === 'classes') {
    throw new InvalidOptionError(
      'interval: the model predicts classes, expected one that predicts numbers. Their probabilities say how sure it is.',
      { option: 'interval', expected: undefined, received: options.interval },
    )
  }
  for await (const x of tables) {
    const answer =
      model.predicts === 'classes' ? await classColumns(model, x) : await valueColumns(model, x, options)
    const kept = keptColumns(x, options.keep ?? [])
    refuseShared(kept, answer)
    yield table(new Map([...kept, ...answer]))
  }
}

type Named = readonly (readonly [string, Column])[]

/** A column of the input may be called as one of the answer: both cannot stand in one table. */
function refuseShared(kept: Named, answer: Named): void {
  const taken = new Set(answer.map(([name]) => name))
  const shared = kept.map(([name]) => name).filter((name) => taken.has(name))
  if (shared.length === 0) return
  const names = shared.map(quote).join(', ')
  throw new InvalidOptionError(
    `keep: ${names} would be carried along, and ${shared.length === 1 ? 'is a name' : 'are names'} of the answer too. Leave out keep (--keep-columns), as the answer has the rows in the same order; or, unless the model reads it, rename it in a query (--sql), such as "select * rename (${shared[0]} as old) from source".`,
    { option: 'keep', expected: 'names that the answer does not have', received: shared },
  )
}

function keptColumns(x: Table, keep: readonly string[] | 'all'): [string, Column][] {
  const names = keep === 'all' ? x.names : keep.filter((name) => x.has(name))
  return names.map((name) => [name, x.col(name)])
}

async function classColumns(model: LoadedClassifier, x: Table): Promise<[string, Column][]> {
  const { labels, probabilities } = await model.predictBoth(x)
  const k = model.classes.length
  const shares = model.classes.map((label, code): [string, Column] => [
    `probability_${String(label)}`,
    numberColumn(Float64Array.from({ length: x.rowCount }, (_, row) => probabilities.data[row * k + code]!)),
  ])
  return [['prediction', labelColumn(labels)], ...shares]
}

function labelColumn(labels: readonly Label[]): Column {
  if (labels.every((label) => typeof label === 'number')) return numberColumn(Float64Array.from(labels))
  if (labels.every((label) => typeof label === 'boolean'))
    return booleanColumn(Uint8Array.from(labels, Number))
  return encodeStrings(labels.map(String))
}

async function valueColumns(
  model: LoadedRegressor,
  x: Table,
  { interval }: PredictTablesOptions,
): Promise<[string, Column][]> {
  const values = await model.predict(x)
  const prediction: [string, Column] = ['prediction', numberColumn(values)]
  if (interval === undefined) return [prediction]
  const half = model.halfWidth(interval)
  return [
    prediction,
    ['prediction_low', numberColumn(values.map((value) => value - half))],
    ['prediction_high', numberColumn(values.map((value) => value + half))],
  ]
}
