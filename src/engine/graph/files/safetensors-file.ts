// A single safetensors file: the header is read when it is opened, a tensor when it is asked for.
import { closestName, NotFoundError } from '../../../base/index.js'
import type { NDArray } from '../array.js'
import { type ByteSource, openBytes } from './byte-source.js'
import { decodeElements } from './elements.js'
import { readSafetensorsHeader, safetensorsTypes, type TensorInfo } from './safetensors-header.js'

/** How a tensor is read. */
export interface ReadTensorOptions {
  /** Converts to float32, whatever is stored. @default as stored; F16 and BF16 become float32, integers int32 or uint32 */
  readonly dtype?: 'float32'
}

/** An open safetensors file, or a set of them. Close it when done; `await using` does. */
export interface Safetensors extends AsyncDisposable {
  /** What each tensor is, by its name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorInfo>
  /** Texts that the file bears. */
  readonly metadata: Readonly<Record<string, string>>
  /**
   * Reads one tensor.
   *
   * @throws {@link NotFoundError} when there is none of this name
   * @throws {@link FormatError} when the file was cut meanwhile, or a 64-bit integer does not fit into 32 bits
   */
  read(name: string, options?: ReadTensorOptions): Promise<NDArray>
  close(): Promise<void>
}

/** Opens one file. @throws {@link FormatError} when its header is wrong */
export async function openSafetensorsFile(source: string | Uint8Array): Promise<Safetensors> {
  const bytes = await openBytes(source)
  const close = (): Promise<void> => Promise.resolve(bytes[Symbol.asyncDispose]())
  try {
    const { tensors, metadata } = await readSafetensorsHeader(bytes)
    return {
      tensors,
      metadata,
      read: async (name, options) =>
        readTensor(bytes, infoOf(tensors, name, bytes.name), { name, ...options }),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** What a tensor is. @throws {@link NotFoundError} when there is none of this name */
export function infoOf<T>(tensors: ReadonlyMap<string, T>, name: string, where: string): T {
  const info = tensors.get(name)
  if (info !== undefined) return info
  const near = closestName(name, [...tensors.keys()])
  const hint = near === undefined ? `It has ${tensors.size} others` : `Did you mean '${near}'?`
  throw new NotFoundError(`${where} has no tensor '${name}'. ${hint}`, { kind: 'tensor', id: name })
}

async function readTensor(
  source: ByteSource,
  { type, shape, position, length }: TensorInfo,
  { name, dtype: wanted }: ReadTensorOptions & { readonly name: string },
): Promise<NDArray> {
  const { dtype, data } = decodeElements(await source.read(position, length), {
    stored: safetensorsTypes[type],
    bigEndian: false,
    toFloat32: wanted === 'float32',
    what: `${source.name}, tensor '${name}'`,
    position,
  })
  return { dtype, shape, data }
}
