// safetensors: tensors by name, read without running anything. Format: https://huggingface.co/docs/safetensors
import { basename, extname, join } from 'node:path'
import { FormatError, UsageError, writeFileAtomic } from '../../../base/index.js'
import type { DType, NDArray } from '../array.js'
import { checkArray } from '../checked-array.js'
import { encodeElements } from './elements.js'
import { openSafetensorsFile, type Safetensors } from './safetensors-file.js'
import { metadataName, type SafetensorsType } from './safetensors-header.js'
import { isShardIndex, openShards } from './safetensors-shards.js'

/**
 * Opens a safetensors file (BOOL, U8 to U64, I8 to I64, F16, BF16, F32, F64). Its header alone is read, and checked whole;
 * a tensor is read when it is asked for, so that memory holds no more than those.
 *
 * @param source - the path of a file or of the index of a set of files (`model.safetensors.index.json`), or bytes
 * @throws {@link FormatError} with the byte that is wrong: a header that is too long, no JSON or has a name twice, offsets that
 * overlap or reach out of the file; for pickles (`.pt`, `.bin`), with the call that converts them
 * @throws {@link NotFoundError} when there is no such file
 * @example
 * ```ts
 * const bytes = encodeSafetensors({ bias: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } })
 * const file = await openSafetensors(bytes)
 * file.tensors.get('bias')?.type // => 'F32'
 * const { data } = await file.read('bias')
 * data // => Float32Array [1, 2]
 * await file.close()
 * ```
 */
export async function openSafetensors(source: string | Uint8Array): Promise<Safetensors> {
  if (typeof source !== 'string') return openSafetensorsFile(source)
  refusePickle(source)
  return isShardIndex(source) ? openShards(source) : openSafetensorsFile(source)
}

const pickles = new Set(['.pt', '.pth', '.bin', '.ckpt', '.pkl', '.pickle'])

/** Refuses PyTorch's own files: they are pickles, programs that build objects. */
function refusePickle(path: string): void {
  if (!pickles.has(extname(path).toLowerCase())) return
  const name = basename(path)
  const converted = `${name.slice(0, -extname(name).length)}.safetensors`
  throw new FormatError(
    `'${name}' is a pickle, which could run any program when it is read: only safetensors files are. Convert it where you trust it, in Python: import torch, safetensors.torch; safetensors.torch.save_file(torch.load('${name}', map_location='cpu'), '${converted}')`,
    { format: extname(path).slice(1), position: 0 },
  )
}

const typeNames: { readonly [T in DType]: SafetensorsType } = {
  bool: 'BOOL',
  int32: 'I32',
  uint32: 'U32',
  float32: 'F32',
  float64: 'F64',
}

/** Elements begin where this many bytes go in, so that they can be mapped into memory. */
const alignment = 8

/**
 * The bytes of a safetensors file.
 *
 * @param metadata - texts that the file bears; Hugging Face's libraries want `{ format: 'pt' }`
 * @throws {@link UsageError} for a tensor of the name `__metadata__`, or metadata that is no text
 * @example
 * ```ts
 * const bytes = encodeSafetensors({}, { format: 'pt' })
 * new TextDecoder().decode(bytes.subarray(8)) // => '{"__metadata__":{"format":"pt"}}'
 * ```
 */
export function encodeSafetensors(
  arrays: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return new Uint8Array(Buffer.concat(safetensorsPieces(arrays, metadata)))
}

/**
 * Writes a safetensors file, whole or not at all, without a copy of the arrays.
 *
 * @param metadata - texts that the file bears; Hugging Face's libraries want `{ format: 'pt' }`
 * @throws {@link StorageError} when the disk is full or the folder cannot be written
 * @throws {@link UsageError} for a tensor of the name `__metadata__`, or metadata that is no text
 * @example
 * ```ts no-run
 * await writeSafetensors('model.safetensors', { bias: { dtype: 'float32', shape: [1], data: Float32Array.of(1) } })
 * ```
 */
export async function writeSafetensors(
  path: string,
  arrays: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(path, safetensorsPieces(arrays, metadata))
}

/** How a set of files is written. */
export interface ShardOptions {
  /** Texts that each file bears; Hugging Face's libraries want `{ format: 'pt' }`. @default none */
  readonly metadata?: Readonly<Record<string, string>>
  /** The most bytes of tensors in a file; a larger tensor has one of its own. @default 5,000,000,000, as Hugging Face's */
  readonly shardBytes?: number
}

/**
 * Writes a set of safetensors files and its index, `model.safetensors.index.json`, last: who finds the index finds them all.
 *
 * @param folder - where the files go
 * @returns the path of the index, for {@link openSafetensors}
 * @throws {@link StorageError} when the disk is full or the folder cannot be written
 * @throws {@link UsageError} for a tensor of the name `__metadata__`, or metadata that is no text
 * @example
 * ```ts no-run
 * const bias = { dtype: 'float32' as const, shape: [1], data: Float32Array.of(1) }
 * const path = await writeShardedSafetensors('model', { bias }, { shardBytes: 1e9 })
 * await openSafetensors(path)
 * ```
 */
export async function writeShardedSafetensors(
  folder: string,
  arrays: Readonly<Record<string, NDArray>>,
  { metadata = {}, shardBytes = 5e9 }: ShardOptions = {},
): Promise<string> {
  const shards = shardsOf(arrays, shardBytes)
  const number = (i: number): string => String(i).padStart(5, '0')
  const weightMap: [string, string][] = []
  for (const [i, shard] of shards.entries()) {
    const file = `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`
    await writeSafetensors(join(folder, file), Object.fromEntries(shard), metadata)
    for (const [name] of shard) weightMap.push([name, file])
  }
  const size = Object.values(arrays).reduce((sum, { data }) => sum + data.byteLength, 0)
  const index = { metadata: { total_size: size }, weight_map: Object.fromEntries(weightMap) }
  const path = join(folder, 'model.safetensors.index.json')
  await writeFileAtomic(path, `${JSON.stringify(index, null, 2)}\n`)
  return path
}

function shardsOf(arrays: Readonly<Record<string, NDArray>>, shardBytes: number): [string, NDArray][][] {
  const shards: [string, NDArray][][] = [[]]
  let filled = 0
  for (const [name, array] of Object.entries(arrays)) {
    if (filled > 0 && filled + array.data.byteLength > shardBytes) {
      shards.push([])
      filled = 0
    }
    shards.at(-1)!.push([name, array])
    filled += array.data.byteLength
  }
  return shards
}

function safetensorsPieces(
  arrays: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  checkNames(arrays, metadata)
  for (const [name, one] of Object.entries(arrays)) checkArray(`writeSafetensors, '${name}'`, one)
  // Wide elements first: then each begins at a multiple of its size.
  const ordered = Object.entries(arrays).toSorted(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  )
  let offset = 0
  const entries = ordered.map(([name, { dtype, shape, data }]) => {
    const begin = offset
    offset += data.byteLength
    return [name, { dtype: typeNames[dtype], shape, data_offsets: [begin, offset] }] as const
  })
  const told = Object.keys(metadata).length > 0 ? [[metadataName, metadata] as const] : []
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...told, ...entries])))
  const length = Math.ceil(text.length / alignment) * alignment
  const head = new Uint8Array(8 + length).fill(0x20)
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true)
  head.set(text, 8)
  return [head, ...ordered.map(([, { data }]) => encodeElements(data))]
}

function checkNames(
  arrays: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, unknown>>,
): void {
  const wrong = Object.keys(arrays).find((name) => name === metadataName || /\p{Surrogate}/u.test(name))
  if (wrong !== undefined)
    throw new UsageError(`writeSafetensors: no tensor can be called '${wrong}'. Choose another name.`, {
      argument: wrong,
    })
  const untold = Object.entries(metadata).find(([, value]) => typeof value !== 'string')
  if (untold !== undefined)
    throw new UsageError(
      `writeSafetensors: metadata '${untold[0]}' is no text. Metadata are texts only; use JSON.stringify.`,
      { argument: untold[0] },
    )
}
