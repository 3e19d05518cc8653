// Whether batches can be learned from: what would otherwise come out as a number that is learned from, or as words of the runtime.
import { DataError, nameOf, UsageError } from '../../../base/index.js'
import { dataClass, sizeOf, type Traced } from '../../../engine/graph/index.js'
import { type IndexBound, indexBounds } from './index-bounds.js'
import type { Network } from '../network.js'
import type { Batch } from '../sources/index.js'

/** Looks at each batch before it is learned from. @param where - such as 'the batch of step 7' */
export type BatchCheck = (batch: Batch, where: string) => void

/**
 * Looks at the first batch, which tells the shapes.
 *
 * @throws {@link UsageError} where an entry is no array, or there is no x
 */
export function requireArrays(batch: Batch, where: string): void {
  for (const [name, value] of Object.entries(batch as Readonly<Record<string, unknown>>)) {
    if (isArray(value)) continue
    throw new UsageError(
      `Training: '${name}' of ${where} is ${nameOf(value)}, expected an array of numbers with its shape. Make it with array([[1, 2], [3, 4]]), or array(numbers, { shape: [rows, columns] }).`,
      { argument: name },
    )
  }
  if (batch['x'] !== undefined) return
  const names = Object.keys(batch).map((name) => `'${name}'`)
  throw new UsageError(
    `Training: ${where} has no 'x', which is what the network is given; it has ${names.join(', ') || 'nothing'}. Call the input x: batches({ x, y }, …).`,
    { argument: 'data' },
  )
}

function isArray(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { dtype, shape, data } = value as Readonly<Record<string, unknown>>
  return (
    typeof dtype === 'string' &&
    Object.hasOwn(dataClass, dtype) &&
    Array.isArray(shape) &&
    ArrayBuffer.isView(data) &&
    (data as Uint8Array).length === sizeOf(shape as number[])
  )
}

/**
 * Prepares what each batch is looked at for.
 *
 * @param traced - the loss, whose indices have bounds
 * @param training - whether the statistics of the batch are used
 */
export function batchCheck(net: Network, traced: Traced, training: boolean): BatchCheck {
  const requireIndices = indexCheck(traced)
  const names = traced.inputPaths.filter((name) => !name.includes('.') && name !== 'key')
  const normed = training ? layerOfOneNumber(net) : undefined
  return (batch, where) => {
    requireArrays(batch, where)
    requireNames(batch, where, names)
    requireRows(batch, where, normed)
    requireIndices(batch, where)
  }
}

/** Looks at the indices of each batch alone. @throws {@link DataError} with the row, for one that there is not */
export function indexCheck(traced: Traced): BatchCheck {
  const bounds = indexBounds(traced)
  return (batch, where) => {
    for (const bound of bounds) requireInside(batch, where, bound)
  }
}

/** The first batch has told which arrays there are. */
function requireNames(batch: Batch, where: string, names: readonly string[]): void {
  const missing = names.find((name) => !Object.hasOwn(batch, name))
  const extra = Object.keys(batch).find((name) => !names.includes(name))
  if (missing === undefined && extra === undefined) return
  const fault = missing === undefined ? `has '${extra}'` : `has no '${missing}'`
  throw new DataError(
    `Training: ${where} ${fault}, expected ${names.map((name) => `'${name}'`).join(', ')} as in the first one. Give every batch the same arrays.`,
    { expected: names, received: Object.keys(batch) },
  )
}

/** A batch norm that takes its statistics over the rows alone; undefined where there is none. */
function layerOfOneNumber({ layers }: Network): string | undefined {
  const found = layers.find(
    ({ kind, output }) => kind === 'batchNorm' && output!.shape.slice(2).every((size) => size === 1),
  )
  return found === undefined ? undefined : found.path === '' ? 'batchNorm' : `batchNorm '${found.path}'`
}

function requireRows(batch: Batch, where: string, normed: string | undefined): void {
  const rows = batch['x']!.shape[0]
  if (rows === 0)
    throw new DataError(
      `Training: ${where} has no rows, expected at least one. Leave empty batches out of the data.`,
      { rows },
    )
  if (rows !== 1 || normed === undefined) return
  throw new DataError(
    `Training: ${where} has one row, and ${normed} takes a variance over rows, expected at least two. Leave a rest of one row out with dropLast: true, take another batchSize, or layerNorm.`,
    { rows },
  )
}

function requireInside(batch: Batch, where: string, { input, count, except, layer }: IndexBound): void {
  const { data, shape } = batch[input] ?? { data: [], shape: [] }
  const wrong =
    (data as ArrayLike<number>).length === 0 ? -1 : firstOutside(data as Int32Array, count, except)
  if (wrong < 0) return
  const row = Math.floor(wrong / Math.max(1, sizeOf(shape.slice(1))))
  const advice =
    layer === ''
      ? `the loss has ${count} classes. Number the classes from 0, give the last layer more outputs, or leave targets out with ignoreIndex`
      : `layer '${layer}' has ${count} rows. Number what is looked up from 0, or make the table larger`
  throw new DataError(
    `Training: '${input}' is ${data[wrong]!} in row ${row} of ${where}, expected 0 to ${count - 1}: ${advice}.`,
    { argument: input, firstRow: row, received: data[wrong], expected: count },
  )
}

function firstOutside(data: Int32Array, count: number, except: number | undefined): number {
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    if (!(value >= 0 && value < count) && value !== except) return i
  }
  return -1
}
