// Networks of Hugging Face, from a folder with config.json and safetensors.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FormatError, NotFoundError, UsageError } from '../../../base/index.js'
import { openSafetensors, type Safetensors, zeros } from '../../../engine/graph/index.js'
import { network, type Network } from '../network.js'
import type { Arrays } from '../scope.js'
import type { Architecture, InputSizes, PretrainedHead } from './architecture.js'
import type { BertLayer } from './bert.js'
import { configFields } from './config.js'
import { resnetArchitecture, vitArchitecture } from './image-architectures.js'
import { assembled, shapeFault, sourceOf, type TensorSource } from './names.js'
import { bertArchitecture, gpt2Architecture } from './text-architectures.js'

/** How a pretrained network is loaded. */
export interface PretrainedOptions extends InputSizes {
  /** What it gives. @default what the class in config.json gives */
  readonly head?: PretrainedHead
}

/** A network with the values that it was published with. */
export interface Pretrained {
  readonly network: Network
  /** Of its parameters and states. */
  readonly values: Arrays
  /** The network as a layer, to build others on; that of a BERT may be told of segments and of what to look at. */
  readonly layer: BertLayer
  /** config.json, as it is. */
  readonly config: Readonly<Record<string, unknown>>
}

const architectures: Readonly<Record<string, Architecture>> = {
  bert: bertArchitecture,
  gpt2: gpt2Architecture,
  vit: vitArchitecture,
  resnet: resnetArchitecture,
}

/**
 * Loads a network in the layout of Hugging Face: BERT, GPT-2, ViT or ResNet, as `config.json` says, with the weights of
 * `model.safetensors` or of a set of files. Texts are int32 [batch, time], images float32 [batch, channels, height, width];
 * values become float32.
 *
 * @param folder - where `config.json` and the weights stand
 * @throws {@link FormatError} for a config or weights that do not fit, with all tensors that are missing, unexpected or of another
 * shape; for pickles (`pytorch_model.bin`), with the call that converts them
 * @throws {@link NotFoundError} when a file is missing
 * @throws {@link UsageError} for a head that the architecture does not have
 * @example
 * ```ts no-run
 * const { network, values } = await loadPretrained('bert-base-uncased', { head: 'pooled' })
 * const x = { dtype: 'int32' as const, shape: [1, 3], data: Int32Array.of(101, 7592, 102) }
 * network.apply(values, x).shape // => [1, 768]
 * ```
 */
export async function loadPretrained(folder: string, options: PretrainedOptions = {}): Promise<Pretrained> {
  const config = await readConfig(folder)
  const architecture = architectureOf(config)
  const head = options.head ?? headOf(config, architecture)
  const known = knownHeads(architecture)
  if (!known.has(head))
    throw new UsageError(
      `loadPretrained: a '${String(config['model_type'])}' has no head '${head}'. Choose one of ${[...known].join(', ')}.`,
      { argument: 'head' },
    )
  const { layer, input } = architecture.describe(configFields(config), { ...options, head })
  const described = network(layer, input)
  await using file = await openWeights(folder)
  const values = await readValues(file, architecture, described)
  return { network: described, values, layer, config }
}

async function readConfig(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const path = join(folder, 'config.json')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new NotFoundError(
      `There is no readable '${path}'. Name the folder of a model, with config.json and model.safetensors.`,
      { kind: 'config.json', id: path },
      error,
    )
  })
  try {
    const config: unknown = JSON.parse(text)
    if (typeof config === 'object' && config !== null) return config as Record<string, unknown>
  } catch {
    // The same sentence as for a config that is no object.
  }
  throw new FormatError(`'${path}' is no JSON object. Take it again from where it came.`, {
    format: 'config.json',
  })
}

function architectureOf({ model_type: type }: Readonly<Record<string, unknown>>): Architecture {
  if (typeof type === 'string' && Object.hasOwn(architectures, type)) return architectures[type]!
  throw new FormatError(
    `config.json: model_type is ${JSON.stringify(type) ?? 'absent'}, expected one of ${Object.keys(architectures).join(', ')}. Export other models to ONNX.`,
    { format: 'config.json', field: 'model_type', received: type },
  )
}

function headOf(config: Readonly<Record<string, unknown>>, { heads }: Architecture): PretrainedHead {
  const [name] = [config['architectures'] ?? []].flat() as unknown[]
  if (name === undefined) return 'hidden'
  if (typeof name === 'string' && Object.hasOwn(heads, name)) return heads[name]!
  throw new FormatError(
    `config.json: the architecture ${JSON.stringify(name)} is not known, expected one of ${Object.keys(heads).join(', ')}. Load it without its head: loadPretrained(folder, { head: 'hidden' }).`,
    { format: 'config.json', field: 'architectures', received: name },
  )
}

/** GPT-2 alone has no vector of the whole: its last token has seen the text. */
const knownHeads = ({ heads, names }: Architecture): Set<PretrainedHead> =>
  new Set([...Object.values(heads), ...('classifier' in names ? (['pooled'] as const) : [])])

/** Names of weights, as their library looks for them. */
const weightFiles = ['model.safetensors', 'model.safetensors.index.json']

async function openWeights(folder: string): Promise<Safetensors> {
  const present = await readdir(folder)
  const file = weightFiles.find((name) => present.includes(name))
  if (file !== undefined) return openSafetensors(join(folder, file))
  const pickle = present.find((name) => /^pytorch_model.*\.bin$|\.pth?$/.test(name))
  // Refused, with the call that converts it.
  if (pickle !== undefined) return openSafetensors(join(folder, pickle))
  throw new NotFoundError(
    `'${folder}' has no ${weightFiles.join(' or ')}. Save the model in Python with save_pretrained(folder, safe_serialization=True).`,
    { kind: 'weights', id: folder },
  )
}

/** Files of old versions call the scale and shift of norms gamma and beta. */
const renamed = (name: string): string =>
  name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias')

async function readValues(
  file: Safetensors,
  architecture: Architecture,
  described: Network,
): Promise<Arrays> {
  const start = `${architecture.prefix}.`
  const known = new Map<string, string>()
  for (const name of file.tensors.keys())
    known.set(renamed(name.startsWith(start) ? name.slice(start.length) : name), name)
  const declared = [...described.parameters, ...described.states]
  const sources = declared.map((one) => sourceOf(architecture, one))
  checkTensors(file, { architecture, known, sources })
  const values: [string, Arrays[string]][] = []
  for (const source of sources) values.push([source.declared.path, await valueOf(file, known, source)])
  return Object.fromEntries(values)
}

async function valueOf(
  file: Safetensors,
  known: ReadonlyMap<string, string>,
  source: TensorSource,
): Promise<Arrays[string]> {
  const tensors = []
  for (const name of source.names) {
    const stored = known.get(name)
    const [first, ...rest] = source.declared.shape
    tensors.push(
      stored === undefined
        ? zeros([first! / source.names.length, ...rest])
        : await file.read(stored, { dtype: 'float32' }),
    )
  }
  return assembled(source, tensors)
}

interface Matched {
  readonly architecture: Architecture
  /** Names in the file, by the names without prefix. */
  readonly known: ReadonlyMap<string, string>
  readonly sources: readonly TensorSource[]
}

/** Compares all names and shapes before the first tensor is read. */
function checkTensors(file: Safetensors, { architecture, known, sources }: Matched): void {
  const wanted = new Set(sources.flatMap(({ names }) => names))
  const missing = [...wanted].filter((name) => !known.has(name) && architecture.zeros?.test(name) !== true)
  const unexpected = [...known.keys()].filter((name) => !wanted.has(name) && !architecture.ignored.test(name))
  const shapes = sources.flatMap((source) => {
    const stored = source.names.flatMap((name) => known.get(name) ?? [])
    if (stored.length < source.names.length) return []
    return (
      shapeFault(
        source,
        stored.map((name) => file.tensors.get(name)!.shape),
      ) ?? []
    )
  })
  if (missing.length + unexpected.length + shapes.length === 0) return
  const list = (title: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${title} (${names.length}): ${names.join(', ')}`]
  const faults = [
    ...list('missing', missing),
    ...list('unexpected', unexpected),
    ...list('of another shape', shapes),
  ]
  throw new FormatError(
    `The weights do not fit what config.json describes; tensors ${faults.join('; ')}. Take both files from one place, or choose another head.`,
    { format: 'safetensors', missing, unexpected, shapes },
  )
}
