// A set of safetensors files with an index that says which tensor stands in which, as large models are published.
import { basename, dirname, join } from 'node:path'
import { FormatError } from '../../../base/index.js'
import { openBytes } from './byte-source.js'
import { type JsonNode, readJson } from './json-reader.js'
import { infoOf, openSafetensorsFile, type Safetensors } from './safetensors-file.js'
import type { TensorInfo } from './safetensors-header.js'

/** Whether a path names the index of a set. */
export const isShardIndex = (path: string): boolean => path.endsWith('.index.json')

type Entries = ReadonlyMap<string, JsonNode>

/** Opens all files of a set. @throws {@link FormatError} when the index or a file is wrong, or a tensor is not where it should be */
export async function openShards(indexPath: string): Promise<Safetensors> {
  const placed = await readIndex(indexPath)
  const shards = new Map<string, Safetensors>()
  const close = async (): Promise<void> => {
    for (const shard of shards.values()) await shard.close()
  }
  try {
    for (const file of new Set(placed.values()))
      shards.set(file, await openSafetensorsFile(join(dirname(indexPath), file)))
    const tensors = tensorsOf(placed, shards, indexPath)
    return {
      tensors,
      metadata: Object.fromEntries([...shards.values()].flatMap(({ metadata }) => Object.entries(metadata))),
      read: async (name, options) =>
        shards.get(infoOf(placed, name, `'${basename(indexPath)}'`))!.read(name, options),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The file of each tensor. */
async function readIndex(path: string): Promise<Map<string, string>> {
  await using source = await openBytes(path)
  const fault = (position: number, message: string): FormatError =>
    new FormatError(`${source.name}, byte ${position}: the index ${message}.`, {
      format: 'safetensors index',
      position,
    })
  const root = readJson(await source.read(0, source.size), fault)
  const map = root.value instanceof Map ? (root.value as Entries).get('weight_map') : undefined
  if (!(map?.value instanceof Map))
    throw fault(root.position, "has no 'weight_map' of files by tensor; model.safetensors.index.json has one")
  return new Map(
    [...(map.value as Entries)].map(([name, { position, value }]) => {
      // Somebody else's text: it names files beside the index, and leads nowhere else.
      if (typeof value === 'string' && /^[^/\\]+\.safetensors$/.test(value)) return [name, value]
      throw fault(
        position,
        `puts '${name}' into ${JSON.stringify(value)}, expected a .safetensors file beside it`,
      )
    }),
  )
}

function tensorsOf(
  placed: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, Safetensors>,
  indexPath: string,
): Map<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>()
  const absent: string[] = []
  for (const [name, file] of placed) {
    const info = shards.get(file)!.tensors.get(name)
    if (info === undefined) absent.push(`'${name}' in '${file}'`)
    else tensors.set(name, info)
  }
  if (absent.length === 0) return tensors
  throw new FormatError(
    `'${basename(indexPath)}' names tensors that its files do not hold: ${absent.join(', ')}. Take all files again from one place.`,
    { format: 'safetensors index', missing: absent },
  )
}
