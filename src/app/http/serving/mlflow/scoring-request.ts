// Bodies of MLflow's scoring server, version 2: exactly one of four shapes, and parameters beside it.
// @see https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally
import { nameOf, quote, ShapeError, UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import type { VersionDescription } from '../../../../operate/serve/index.js'
import { isObject } from '../body/json.js'
import { inputsOfInstances, rowsOfInstances } from '../rows/instances.js'
import { listOfRows, listReader, rowsOfColumns, rowsOfRecords, type RowsWanted } from '../rows/rows.js'

type Json = Readonly<Record<string, unknown>>

const shapes = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const

export interface ScoringRequest {
  readonly shape: (typeof shapes)[number]
  readonly value: unknown
  readonly params: Json
}

/** @throws {@link UsageError} when it has none of the shapes, or several */
export function scoringRequest(body: unknown): ScoringRequest {
  const given = isObject(body) ? shapes.filter((shape) => Object.hasOwn(body, shape)) : []
  const [shape] = given
  if (!isObject(body) || shape === undefined || given.length > 1) {
    const received = isObject(body)
      ? `an object with ${Object.keys(body).slice(0, 8).join(', ') || 'no fields'}`
      : nameOf(body)
    throw new UsageError(
      `The body must be a JSON object with exactly one of ${shapes.map((name) => `'${name}'`).join(', ')}; received ${received}.`,
      { argument: 'body' },
    )
  }
  return { shape, value: body[shape], params: paramsOf(body['params'], 'params') }
}

/** Parameters of a request. @throws {@link UsageError} when they are no object */
export function paramsOf(params: unknown, where: string): Json {
  if (params === undefined || params === null) return {}
  if (isObject(params)) return params
  throw new UsageError(`'${where}' must be an object; received ${nameOf(params)}.`, { argument: where })
}

/** What is asked for: labels or numbers, or the probabilities of all classes. */
export type PredictMethod = 'predict' | 'predict_proba'

/** The parameter of MLflow's scikit-learn models. @throws {@link UsageError} for another method, or one that the model has not */
export function methodOf(params: Json, { task }: VersionDescription): PredictMethod {
  const method = params['predict_method'] ?? 'predict'
  if (method === 'predict') return method
  if (method === 'predict_proba' && task !== 'regression') return method
  throw new UsageError(
    `'predict_method' must be 'predict' or, for a classifier, 'predict_proba'; received ${nameOf(method)}.`,
    { argument: 'predict_method' },
  )
}

/** Rows of a bundle. @throws {@link UsageError}, {@link ShapeError}, {@link LimitError} */
export function rowsOfScoring({ shape, value }: ScoringRequest, wanted: RowsWanted): readonly Row[] {
  switch (shape) {
    case 'dataframe_split': {
      const { names, lists } = splitOf(value)
      return listOfRows(lists, shape, wanted).map(listReader(names, wanted.columns, shape))
    }
    case 'dataframe_records':
      return rowsOfRecords(value, shape, wanted)
    default:
      return isObject(value) ? rowsOfColumns(value, shape, wanted) : rowsOfInstances(value, wanted, shape)
  }
}

interface Split {
  readonly names: readonly string[]
  readonly lists: readonly unknown[]
}

function splitOf(value: unknown): Split {
  const { columns, data } = isObject(value) ? value : {}
  const isNames = Array.isArray(columns) && columns.every((name) => typeof name === 'string')
  if (isNames && Array.isArray(data)) return { names: columns as string[], lists: data }
  throw new UsageError(
    `'dataframe_split' must be an object with 'columns', a list of names, and 'data', a list of rows; received ${nameOf(value)}.`,
    { argument: 'dataframe_split' },
  )
}

/**
 * Inputs of a plain graph as nested lists by name. A table goes into the only input as a matrix, or column by column into several.
 *
 * @throws {@link UsageError} for what does not fit; {@link LimitError}
 */
export function tensorsOfScoring(
  { shape, value }: ScoringRequest,
  { inputs }: VersionDescription,
  wanted: RowsWanted,
): Json {
  if (shape === 'instances' || shape === 'inputs') {
    return isObject(value) ? value : inputsOfInstances(value, wanted, shape)
  }
  const { names, lists } = shape === 'dataframe_split' ? splitOf(value) : recordsOf(value, wanted)
  if (inputs.length === 1) return Object.fromEntries([[inputs[0]!.name, lists]])
  const rows = listOfRows(lists, shape, wanted).map(listReader(names, wanted.columns, shape))
  return Object.fromEntries(
    inputs.map(({ name, shape: sizes }) => [
      name,
      rows.map((row) => (sizes.length === 1 ? row[name] : [row[name]])),
    ]),
  )
}

/** Records as lists in the order of the first. @throws {@link ShapeError} for one that lacks what the first has */
function recordsOf(value: unknown, wanted: RowsWanted): Split {
  const rows = rowsOfRecords(value, 'dataframe_records', wanted)
  const names = Object.keys(rows[0] ?? {})
  const cell = (row: Row, name: string, i: number): unknown => {
    if (Object.hasOwn(row, name)) return row[name]
    throw new ShapeError(`'dataframe_records', row ${i} has no ${quote(name)}, which the first row has.`, {
      where: name,
    })
  }
  return { names, lists: rows.map((row, i) => names.map((name) => cell(row, name, i))) }
}
