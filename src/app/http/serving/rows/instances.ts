// Instances, as TensorFlow Serving, MLflow, SageMaker and Vertex AI call the rows of a request. For a bundle each is a row; for a
// plain graph they are stacked into tensors.
import { nameOf, quote, UsageError } from '../../../../base/index.js'
import type { Cell, Row } from '../../../../data/index.js'
import type { VersionDescription } from '../../../../operate/serve/index.js'
import { isObject } from '../body/json.js'
import { base64Text } from '../tensors/elements.js'
import { onlyValue, rowOf, rowsOfLists } from './rows.js'

/** A list, whatever it holds. @throws {@link UsageError} */
export function instanceList(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new UsageError(`'${where}' must be a list with an entry for each row; received ${nameOf(value)}.`, {
    argument: where,
  })
}

/** Names of a bundle's columns. */
export const columnNames = ({ columns = [] }: VersionDescription): readonly string[] =>
  columns.map(({ name }) => name)

/**
 * Rows of a bundle: objects by name of column, lists in the order of the columns, `{"features": list}`, or plain values for a model of
 * one column.
 *
 * @throws {@link UsageError}, {@link ShapeError}
 */
export function rowsOfInstances(
  value: unknown,
  description: VersionDescription,
  where: string,
): readonly Row[] {
  const names = columnNames(description)
  return instanceList(value, where).map((instance, i) => {
    const place = `${where}[${i}]`
    if (isObject(instance)) return rowOfObject(instance, names, place)
    if (Array.isArray(instance)) return rowsOfLists(names, [instance], place)[0]!
    if (names.length === 1) return rowOf(names, [instance as Cell])
    throw new UsageError(
      `'${place}' must be an object by name of column, or a list of ${names.length} values; received ${nameOf(instance)}.`,
      { argument: where },
    )
  })
}

function rowOfObject(
  instance: Readonly<Record<string, unknown>>,
  names: readonly string[],
  place: string,
): Row {
  const { features } = instance
  if (Array.isArray(features) && !names.includes('features')) return rowsOfLists(names, [features], place)[0]!
  const row = Object.create(null) as Record<string, Cell>
  for (const name of Object.keys(instance)) row[name] = cellOf(instance[name]) as Cell
  return row
}

/** A value, also in a list of its own, and text in Base64. */
export function cellOf(value: unknown): unknown {
  const only = onlyValue(value)
  return typeof only === 'object' && only !== null ? (base64Text(only) ?? only) : only
}

/**
 * Inputs of a plain graph by name, each with the instances along its first axis.
 *
 * @throws {@link UsageError} for an instance that is no object where the graph has several inputs
 */
export function inputsOfInstances(
  value: unknown,
  { inputs }: VersionDescription,
  where: string,
): Readonly<Record<string, unknown>> {
  const instances = instanceList(value, where)
  const names = inputs.map(({ name }) => name)
  const stacked = Object.create(null) as Record<string, unknown>
  if (
    names.length === 1 &&
    !instances.every((instance) => isObject(instance) && Object.hasOwn(instance, names[0]!))
  ) {
    stacked[names[0]!] = instances
    return stacked
  }
  const objects = instances.map((instance, i) => objectAt(instance, `${where}[${i}]`, names))
  for (const name of new Set(objects.flatMap(Object.keys)))
    stacked[name] = objects.map((instance) => instance[name])
  return stacked
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
