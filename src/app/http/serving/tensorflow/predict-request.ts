// Requests of TensorFlow Serving. @see https://github.com/tensorflow/serving/blob/master/tensorflow_serving/g3doc/api_rest.md
import { nameOf, quote, UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import type { VersionDescription } from '../../../../operate/serve/index.js'
import { isObject } from '../body/json.js'
import { rowsOfInstances } from '../rows/instances.js'
import { listOfRows, objectReader, rowsOfColumns, type RowsWanted } from '../rows/rows.js'

type Json = Readonly<Record<string, unknown>>

/** A request in rows or in columns; the protocol has either, not both. */
export interface PredictShape {
  readonly format: 'row' | 'column'
  readonly value: unknown
}

/** @throws {@link UsageError} when it has neither or both, or an unknown signature */
export function predictShape(request: Json): PredictShape {
  checkSignature(request)
  const hasRows = Object.hasOwn(request, 'instances')
  const hasColumns = Object.hasOwn(request, 'inputs')
  if (hasRows === hasColumns) {
    throw new UsageError(
      `The request must have either 'instances' (rows) or 'inputs' (columns)${hasRows ? ', not both' : ''}.`,
      { argument: 'instances' },
    )
  }
  return hasRows
    ? { format: 'row', value: request['instances'] }
    : { format: 'column', value: request['inputs'] }
}

/** A model has one signature; clients call it by these names. */
const signatures = new Set<unknown>([
  undefined,
  '',
  'serving_default',
  ...['predict', 'classify', 'regress'].flatMap((verb) => [verb, `tensorflow/serving/${verb}`]),
])

function checkSignature(request: Json): void {
  const name = request['signature_name']
  if (signatures.has(name)) return
  throw new UsageError(
    `The model has no signature ${typeof name === 'string' ? quote(name) : nameOf(name)}; it has 'serving_default'.`,
    { argument: 'signature_name' },
  )
}

/** Rows of a bundle. @throws {@link UsageError}, {@link ShapeError}, {@link LimitError} */
export function rowsOfShape({ format, value }: PredictShape, wanted: RowsWanted): readonly Row[] {
  if (format === 'row') return rowsOfInstances(value, wanted, 'instances')
  if (isObject(value)) return rowsOfColumns(value, 'inputs', wanted)
  const lists = listOfRows(value, 'inputs', wanted)
  return rowsOfInstances(
    lists.map((entry) => (Array.isArray(entry) ? entry : [entry])),
    wanted,
    'inputs',
  )
}

/** Inputs of a plain graph by name, from columns. */
export function inputsOfColumns(value: unknown, { inputs }: VersionDescription): Json {
  if (isObject(value)) return value
  const [only] = inputs
  if (inputs.length === 1) return Object.fromEntries([[only!.name, value]])
  throw new UsageError(
    `'inputs' must be an object with ${inputs.map(({ name }) => quote(name)).join(', ')}; received ${nameOf(value)}.`,
    { argument: 'inputs' },
  )
}

/** Rows of `classify` and `regress`: examples, with what all of them share. @throws {@link UsageError}, {@link LimitError} */
export function examplesOf(request: Json, wanted: RowsWanted): readonly Row[] {
  checkSignature(request)
  const context = request['context'] ?? {}
  if (!isObject(context)) {
    throw new UsageError(`'context' must be an object of features; received ${nameOf(context)}.`, {
      argument: 'context',
    })
  }
  const read = objectReader(wanted.columns)
  const shared = read(context)
  return listOfRows(request['examples'], 'examples', wanted).map((example, i) => {
    if (!isObject(example)) {
      throw new UsageError(`'examples[${i}]' must be an object of features; received ${nameOf(example)}.`, {
        argument: 'examples',
      })
    }
    for (const name in example) {
      if (!Object.hasOwn(context, name)) continue
      throw new UsageError(`'examples[${i}]' has the feature ${quote(name)}, which the context has too.`, {
        argument: 'examples',
      })
    }
    return Object.assign(read(example), shared)
  })
}
