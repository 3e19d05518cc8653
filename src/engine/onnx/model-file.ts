// Model files on disk. A protobuf message ends at 2 GB: beyond that, constants go into a second file beside the model.
import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { besidePath, FormatError, NotFoundError, storageError, writeFileAtomic } from '../../base/index.js'
import { decodeModel } from './decode.js'
import { encodeModel, largestMessage } from './encode.js'
import { confinedPath, externalEntry, isExternal } from './external-data.js'
import { tensorsOf } from './model-graphs.js'
import type { ModelProto, TensorProto } from './proto/messages.js'

/** Smaller constants stay in the model: the reference to them would be as long as they are. */
const smallConstant = 1024
/** The page size of most systems, so that readers can map the file into memory. */
const alignment = 4096
/** One read call of Node takes less than 2 GB. */
const largestRead = 2 ** 30

/** How a model is written. */
export interface WriteModelOptions {
  /** Constants go into a file `<path>.data` when they have more bytes than this. @default about 2 GB, the format's limit */
  readonly externalAbove?: number
}

/** Behind the door of this name: doors.ts. */
export async function writeModelFile(
  path: string,
  model: ModelProto,
  options: WriteModelOptions = {},
): Promise<readonly string[]> {
  const large = tensorsOf(model).filter((proto) => (proto.rawData?.length ?? 0) > smallConstant)
  const size = large.reduce((sum, proto) => sum + proto.rawData!.length, 0)
  if (size <= (options.externalAbove ?? largestMessage)) {
    await writeFileAtomic(path, encodeModel(model))
    return [path]
  }
  const dataPath = `${path}.data`
  const placed = await writeConstants(dataPath, large)
  await writeFileAtomic(path, encodeModel(withReferences(model, placed)))
  return [path, dataPath]
}

interface Place {
  readonly location: string
  readonly offset: number
}

async function writeConstants(
  path: string,
  constants: readonly TensorProto[],
): Promise<Map<TensorProto, Place>> {
  const placed = new Map<TensorProto, Place>()
  const beside = besidePath(path)
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(beside, 'w')
    try {
      let offset = 0
      for (const proto of constants) {
        await writeAll(file, proto.rawData!, offset)
        placed.set(proto, { location: basename(path), offset })
        offset = Math.ceil((offset + proto.rawData!.length) / alignment) * alignment
      }
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw storageError(path, error)
  }
  return placed
}

async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const part = bytes.subarray(at, at + largestRead)
    at += (await file.write(part, 0, part.length, offset + at)).bytesWritten
  }
}

/** A copy of the model in which the placed constants are references; the given model stays as it is. */
function withReferences(model: ModelProto, placed: ReadonlyMap<TensorProto, Place>): ModelProto {
  const copy = structuredCopy(model)
  const originals = tensorsOf(model)
  tensorsOf(copy).forEach((proto, i) => {
    const original = originals[i]!
    const place = placed.get(original)
    if (place === undefined) return
    delete proto.rawData
    proto.dataLocation = 1
    proto.externalData = [
      { key: 'location', value: place.location },
      { key: 'offset', value: String(place.offset) },
      { key: 'length', value: String(original.rawData!.length) },
    ]
  })
  return copy
}

/** Copies messages but not the bytes in them, which may be gigabytes. */
function structuredCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(structuredCopy) as T
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structuredCopy(item)])) as T
}

/** Behind the door of this name: doors.ts. */
export async function readModelFile(path: string): Promise<ModelProto> {
  const model = decodeModel(await readFileOrNotFound(path))
  for (const proto of tensorsOf(model).filter(isExternal)) {
    proto.rawData = await readConstant(proto, path)
    proto.dataLocation = 0
    proto.externalData = []
  }
  return model
}

/** The bytes of a file. @throws {@link NotFoundError} when it cannot be read */
export function readFileOrNotFound(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new NotFoundError(
      `There is no readable ONNX model at '${path}' (${error.code ?? error.message}). Check the path.`,
      { kind: 'model file', id: path },
      error,
    )
  })
}

async function readConstant(proto: TensorProto, modelPath: string): Promise<Uint8Array> {
  const location = externalEntry(proto, 'location') ?? ''
  const file = await open(await confinedPath(location, modelPath), 'r')
  try {
    const size = (await file.stat()).size
    const offset = Number(externalEntry(proto, 'offset') ?? 0)
    const length = Number(externalEntry(proto, 'length') ?? size - offset)
    const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0
    if (!whole || offset + length > size) throw outOfFile(proto, { location, offset, length, size })
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(largestRead, length - at), offset + at)
      if (bytesRead === 0) throw outOfFile(proto, { location, offset, length, size: offset + at })
      at += bytesRead
    }
    return bytes
  } finally {
    await file.close()
  }
}

function outOfFile(
  proto: TensorProto,
  place: {
    readonly location: string
    readonly offset: number
    readonly length: number
    readonly size: number
  },
): FormatError {
  return new FormatError(
    `ONNX tensor '${proto.name ?? ''}': expected ${place.length} bytes at ${place.offset} of '${place.location}', which has ${place.size}. The file is damaged; copy or write it again.`,
    { format: 'onnx', position: place.size, ...place },
  )
}
