// Batches from a folder of classes: a folder for each class, with a file for each example.
import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import {
  checkOptions,
  custom,
  DataError,
  ModelwrightError,
  names,
  NotFoundError,
  ShapeError,
  storageError,
  UsageError,
} from '../../../base/index.js'
import { array, dataClass, formatShape, type NDArray, readNpy, sizeOf } from '../../../engine/graph/index.js'
import type { Batch } from './batch.js'
import type { BatchFunction } from './batch-source.js'
import { batchChecks, type BatchOptions, requireBatchSize, type RowPart, rowParts } from './batches.js'

/** How a folder becomes batches. */
export interface FolderBatchOptions extends BatchOptions {
  /** The array of one file; all have one shape and type. @default `readNpy` for .npy; float64 becomes float32 */
  readonly decode?: (path: string) => NDArray | Promise<NDArray>
  /** Endings of the files that count, such as '.png'. @default all files whose names do not begin with a dot */
  readonly extensions?: readonly string[]
  /** The classes by code, such as those of the training folder. @default the folders, sorted */
  readonly classes?: readonly string[]
}

/** Batches of the files of a folder: x is [rows, …shape], y int32 [rows]. Files are read in the pass, a batch at a time. */
export interface FolderBatches extends BatchFunction {
  (epoch: number): AsyncIterable<Batch>
  readonly batchCount: number
  /** The classes by code. */
  readonly classes: readonly string[]
  /** The paths of the examples, class by class. */
  readonly files: readonly string[]
}

interface Example {
  readonly path: string
  readonly code: number
}

/**
 * Batches of examples in files: `folder/<class>/<file>`, with files in folders below a class too.
 *
 * @param options - see {@link FolderBatchOptions}
 * @throws {@link NotFoundError} when there is no such folder; {@link DataError} when it has no class with files, or a class is unknown
 * @throws {@link UsageError} for files that are no .npy, where `decode` is not given
 * @throws {@link ShapeError} in a pass, when a file has another shape than the first of its batch
 * @example
 * ```ts no-run
 * const data = await folderBatches('digits/train', { batchSize: 32 })
 * const test = await folderBatches('digits/test', { batchSize: 32, classes: data.classes, shuffle: false })
 * data.classes // => ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
 * ```
 */
export async function folderBatches(folder: string, options: FolderBatchOptions): Promise<FolderBatches> {
  checkOptions<FolderBatchOptions>('folderBatches', options, {
    ...batchChecks,
    decode: custom<unknown>({
      default: undefined,
      expected: 'a function',
      accepts: (value) => typeof value === 'function',
    }),
    extensions: names({ default: [] }),
    classes: names({ default: [] }),
  })
  requireBatchSize('folderBatches', options)
  const found = await classFolders(folder)
  const classes = options.classes ?? found
  const unknown = found.find((name) => !classes.includes(name))
  if (unknown !== undefined)
    throw new DataError(
      `folderBatches: '${folder}' has a folder '${unknown}', expected the classes ${classes.join(', ')}. Remove it, or add its class.`,
      { classes, received: unknown },
    )
  const examples: Example[] = []
  for (const [code, name] of classes.entries())
    if (found.includes(name))
      for (const path of await filesBelow(join(folder, name), options.extensions))
        examples.push({ path, code })
  if (examples.length === 0)
    throw new DataError(
      `folderBatches: no file is in a folder of '${folder}', expected ${join(folder, '<class>', '<file>')}.`,
      { count: 0 },
    )
  const decode = options.decode ?? npyOnly(examples)
  const parts = rowParts(examples.length, options)
  return Object.assign(
    async function* (epoch: number): AsyncGenerator<Batch> {
      for (const part of parts.of(epoch)) yield await batchOf(chosen(examples, part), decode)
    },
    { batchCount: parts.count, classes: [...classes], files: examples.map(({ path }) => path) },
  )
}

const chosen = (examples: readonly Example[], { start, stop, order }: RowPart): Example[] =>
  Array.from({ length: stop - start }, (_, i) => examples[order?.[start + i] ?? start + i]!)

/** By code units, not by locale: classes and batches are the same on every machine. */
const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const isHidden = (name: string): boolean => name.startsWith('.')

async function entriesOf(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter(({ name }) => !isHidden(name)).toSorted((a, b) => byCodeUnits(a.name, b.name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new NotFoundError(`There is no folder '${folder}'. Check the path.`, {
        kind: 'folder',
        id: folder,
      })
    throw storageError(folder, error)
  }
}

async function classFolders(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder)
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

async function filesBelow(folder: string, extensions: readonly string[] | undefined): Promise<string[]> {
  const files: string[] = []
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) files.push(...(await filesBelow(path, extensions)))
    else if (extensions === undefined || extensions.some((ending) => entry.name.endsWith(ending)))
      files.push(path)
  }
  return files
}

function npyOnly(examples: readonly Example[]): (path: string) => Promise<NDArray> {
  const other = examples.find(({ path }) => extname(path) !== '.npy')
  if (other === undefined) return (path) => readNpy(path)
  throw new UsageError(
    `folderBatches: '${other.path}' is no .npy file. Give a function that makes an array of such a file: decode; or name the endings that count: extensions: ['.npy'].`,
    { argument: 'decode' },
  )
}

async function batchOf(
  examples: readonly Example[],
  decode: (path: string) => NDArray | Promise<NDArray>,
): Promise<Batch> {
  const arrays = await Promise.all(examples.map(async ({ path }) => decoded(path, decode)))
  return { x: stacked(arrays, examples), y: array(Int32Array.from(examples, ({ code }) => code)) }
}

async function decoded(path: string, decode: (path: string) => NDArray | Promise<NDArray>): Promise<NDArray> {
  try {
    const found = await decode(path)
    if (found.dtype !== 'float64') return found
    return { dtype: 'float32', shape: found.shape, data: Float32Array.from(found.data) }
  } catch (error) {
    if (ModelwrightError.is(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new DataError(`folderBatches: '${path}' cannot be decoded: ${reason}`, { path }, error)
  }
}

function stacked(arrays: readonly NDArray[], examples: readonly Example[]): NDArray {
  const { dtype, shape } = arrays[0]!
  const width = sizeOf(shape)
  const data = new dataClass[dtype](arrays.length * width)
  arrays.forEach((one, i) => {
    if (one.dtype !== dtype || one.shape.join() !== shape.join())
      throw new ShapeError(
        `folderBatches: '${examples[i]!.path}' is ${one.dtype}${formatShape(one.shape)}, expected ${dtype}${formatShape(shape)} as '${examples[0]!.path}' is. Bring all files to one shape, in decode.`,
        { expected: shape, received: one.shape, where: examples[i]!.path },
      )
    data.set(one.data as never, i * width)
  })
  return { dtype, shape: [arrays.length, ...shape], data } as NDArray
}
