// Instances, as TensorFlow Serving, MLflow, SageMaker and Vertex AI call the rows of a request. For a bundle each is a row; for a
// plain graph they are stacked into tensors.
import { nameOf, quote, UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import { isObject } from '../body/json.js'
import { listOfRows, listReader, objectReader, type RowsWanted } from './rows.js'

/**
 * Rows of a bundle: objects by name of column, lists in the order of the columns, `{"features": list}`, or plain values for a model of
 * one column.
 *
 * @throws {@link UsageError}, {@link ShapeError}, {@link LimitError}
 */
export function rowsOfInstances(value: unknown, wanted: RowsWanted, where: string): readonly Row[] {
  const { columns } = wanted
  const isColumn = columns.includes('features')
  const readList = listReader(columns, columns, where)
  const readObject = objectReader(columns)
  return listOfRows(value, where, wanted).map((instance, i) => {
    if (Array.isArray(instance)) return readList(instance, i)
    if (isObject(instance)) {
      const { features } = instance
      if (Array.isArray(features) && !isColumn) return readList(features, i)
      return readObject(instance)
    }
    if (columns.length === 1) return readList([instance], i)
    throw new UsageError(
      `'${where}[${i}]' must be an object by name of column, or a list of ${columns.length} values; received ${nameOf(instance)}.`,
      { argument: where },
    )
  })
}

/**
 * Inputs of a plain graph by name, each with the instances along its first axis.
 *
 * @throws {@link UsageError} for an instance that is no object where the graph has several inputs; {@link LimitError}
 */
export function inputsOfInstances(
  value: unknown,
  wanted: RowsWanted,
  where: string,
): Readonly<Record<string, unknown>> {
  const instances = listOfRows(value, where, wanted)
  const { columns: names } = wanted
  const isNamed = (instance: unknown): boolean => isObject(instance) && Object.hasOwn(instance, names[0]!)
  if (names.length === 1 && !instances.every(isNamed)) return Object.fromEntries([[names[0]!, instances]])
  const objects = instances.map((instance, i) => objectAt(instance, `${where}[${i}]`, names))
  // What is not there is said by whoever makes tensors; one such name is enough for it, and instances may have a million.
  const unknown = unknownName(objects, names)
  const given =
    unknown === undefined
      ? names.filter((name) => objects.some((row) => Object.hasOwn(row, name)))
      : [unknown]
  return Object.fromEntries(given.map((name) => [name, objects.map((row) => row[name])]))
}

function unknownName(objects: readonly object[], names: readonly string[]): string | undefined {
  const known = new Set(names)
  for (const object of objects) for (const name in object) if (!known.has(name)) return name
  return undefined
}

function objectAt(
  instance: unknown,
  place: string,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  if (isObject(instance)) return instance
  throw new UsageError(
    `'${place}' must be an object with ${names.map(quote).join(', ')}; received ${nameOf(instance)}.`,
    { argument: place },
  )
}
