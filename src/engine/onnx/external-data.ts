// Constants in files beside the model. A location in a model file is somebody else's text: it is followed only inside
// the model's own folder.
import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { FormatError, NotFoundError } from '../../base/index.js'
import { decodeModel } from './decode.js'
import { tensorsOf } from './model-graphs.js'
import type { TensorProto } from './proto/messages.js'

/** DataLocation.EXTERNAL in the format. */
const external = 1

/** The entry of `external_data` with this key. */
export function externalEntry(proto: TensorProto, key: string): string | undefined {
  return proto.externalData?.find((entry) => entry.key === key)?.value
}

/** Whether the elements of a tensor stand in another file. */
export const isExternal = (proto: TensorProto): boolean => proto.dataLocation === external

/** The locations that a model refers to, as they are written in it. */
export function externalLocations(bytes: Uint8Array): string[] {
  // Every reference carries this key; without it there is none, and decoding can be saved.
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('location')) return []
  const tensors = tensorsOf(decodeModel(bytes)).filter(isExternal)
  return [...new Set(tensors.map((proto) => externalEntry(proto, 'location') ?? ''))]
}

/**
 * The files that a model refers to, relative to its folder, each checked to lie in it.
 *
 * @throws {@link FormatError} when a location leads out of the folder
 * @throws {@link NotFoundError} when a file is missing
 */
export async function externalFiles(bytes: Uint8Array, modelPath: string): Promise<string[]> {
  const locations = externalLocations(bytes)
  for (const location of locations) await confinedPath(location, modelPath)
  return locations
}

/**
 * The path of a file that a model refers to.
 *
 * @throws {@link FormatError} when it leads out of the model's folder, also by a link
 * @throws {@link NotFoundError} when there is no such file
 */
export async function confinedPath(location: string, modelPath: string): Promise<string> {
  const folder = await realpath(dirname(modelPath))
  if (location === '' || isAbsolute(location) || leavesFolder(relative(folder, join(folder, location))))
    throw outside(location, modelPath)
  const target = await realpath(join(folder, location)).catch((error: unknown) => {
    throw new NotFoundError(
      `ONNX model '${basename(modelPath)}': its constants stand in '${location}', which is not beside it. Keep the two files together.`,
      { kind: 'external data', id: location },
      error,
    )
  })
  if (leavesFolder(relative(folder, target))) throw outside(location, modelPath)
  return target
}

const leavesFolder = (path: string): boolean =>
  path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)

function outside(location: string, modelPath: string): FormatError {
  return new FormatError(
    `ONNX model '${basename(modelPath)}': its constants are said to stand in '${location}', which is not inside the model's folder. Refused: only files beside the model are read.`,
    { format: 'onnx', location },
  )
}
