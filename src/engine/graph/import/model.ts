// A foreign ONNX file as a function of its parameters and inputs.
import { FormatError, ShapeError, UsageError } from '../../../base/index.js'
import { decodeModel, readModelFile, writeModelFile, type WriteModelOptions } from '../../onnx/index.js'
import { encodeModel, isExternal, type ModelProto, tensorsOf } from '../../onnx/proto/index.js'
import { formatShape, type NDArray } from '../array.js'
import { sameShape, type Shape } from '../dims.js'
import { trace, type Traced } from '../trace.js'
import { formatSpec, type Spec, type Tensor, type Value } from '../value.js'
import { checkBytes, checkFormat } from './foreign-files.js'
import { isSizes } from './held.js'
import { interpret } from './interpret.js'
import { type FileParameter, parametersOf } from './parameters.js'
import { inputSpecs, isText } from './ports.js'
import { neededNodes, type Program, programOf } from './program.js'
import { sizeSources } from './sizes.js'
import { checkOperators } from './unsupported.js'

/** How a file is read. */
export interface ImportOptions {
  /** Sizes of inputs in place of those of the file, where it leaves open what must be known: { image: ['batch', 3, 32, 32] }. */
  readonly shapes?: Readonly<Record<string, Shape>>
}

/** Parameters by name, as in the file. */
export type ParameterValues = Readonly<Record<string, Tensor>>

/** Numbers to write in place of those of a file. */
export type FileValues = Readonly<Record<string, NDArray<'float32'>>>

/** What a file says about itself. */
export interface ModelAbout {
  /** The program that wrote it, and its version. */
  readonly producer: string
  readonly docString: string
  /** Entries of `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>
}

/** A foreign model. Integers of 64 bits are int32 here, float16 is float32. */
export interface ImportedModel {
  readonly inputs: Readonly<Record<string, Spec>>
  readonly outputs: Readonly<Record<string, Spec>>
  /** The numbers of the file, by name: weights, biases, and the running statistics of batch norms. */
  readonly parameters: Readonly<Record<string, NDArray<'float32'>>>
  /** Names of parameters that are kept but not learned. */
  readonly statistics: readonly string[]
  /** Names of the nodes that read each parameter: exporters rename weights that they fold, and say there where they belong. */
  readonly readers: Readonly<Record<string, readonly string[]>>
  /** Outputs of text, such as labels, which are left out. */
  readonly omitted: readonly string[]
  /**
   * The outputs for inputs, on arrays at once or inside of a trace. Parameters that are not given are those of the file.
   *
   * @throws {@link UsageError} for a missing or unknown input or parameter
   * @throws {@link ShapeError} for one of another size or type
   */
  apply(values: ParameterValues, inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor>
  /** What the file says about itself. */
  readonly about: ModelAbout
  /** The graph of the inputs, with the numbers of the file. */
  readonly traced: Traced<Readonly<Record<string, Spec>>, Readonly<Record<string, Value>>>
  /** The file again, as it was but for these parameters. */
  toOnnx(values?: FileValues): Uint8Array
  /** The file again, as {@link ImportedModel.toOnnx}, on disk, where it may have more than 2 GB. */
  write(path: string, values?: FileValues, options?: WriteModelOptions): Promise<readonly string[]>
}

/** Behind the door of this name: index.ts. */
export async function importOnnx(
  source: string | Uint8Array,
  options: ImportOptions = {},
): Promise<ImportedModel> {
  if (typeof source === 'string') await checkFormat(source)
  else checkBytes(source)
  const message = typeof source === 'string' ? await readModelFile(source) : wholeModel(source)
  return modelOf(message, options)
}

function wholeModel(bytes: Uint8Array): ModelProto {
  const model = decodeModel(bytes)
  if (!tensorsOf(model).some(isExternal)) return model
  throw new FormatError(
    'ONNX model (bytes): its constants stand in files beside it. Import it by its path instead.',
    { format: 'onnx' },
  )
}

function modelOf(message: ModelProto, { shapes = {} }: ImportOptions): ImportedModel {
  const program = programOf(message)
  checkVersion(program)
  const { graph } = program
  const ports = graph.output ?? []
  const outputNames = ports.filter((port) => !isText(port)).map(({ name }) => name ?? '')
  const nodes = neededNodes(graph.node ?? [], outputNames)
  checkOperators(program, nodes)
  // Old files list constants among the inputs too.
  const constants = new Set((graph.initializer ?? []).map(({ name }) => name))
  const inputs = inputSpecs(
    (graph.input ?? []).filter(({ name }) => !constants.has(name)),
    shapes,
  )
  const known = parametersOf(program, nodes)
  const byName = new Map(known.map((parameter) => [parameter.name, parameter]))
  const apply: ImportedModel['apply'] = (values, given) => {
    checkValues(byName, values)
    checkInputs(inputs, given)
    const run = {
      program,
      parameter: (name: string) => values[name] ?? byName.get(name)?.value,
      sizes: sizeSources(Object.keys(inputs).map((name) => given[name]!)),
    }
    const results = interpret(run, new Map(Object.entries(given)), outputNames)
    return Object.fromEntries(
      outputNames.map((name, i) => {
        const held = results[i]
        if (held === undefined) throw missingOutput(name)
        return [name, isSizes(held) ? run.sizes.tensorOf(held) : held]
      }),
    )
  }
  const traced = trace((given: Readonly<Record<string, Value>>) => apply({}, given), inputs as never)
  const outputs = Object.fromEntries(
    traced.graph.outputs.map(({ dtype, shape }, i) => [outputNames[i]!, { dtype, shape }]),
  )
  return {
    inputs,
    outputs,
    parameters: Object.fromEntries(known.map(({ name, value }) => [name, value])),
    statistics: known.filter(({ statistic }) => statistic).map(({ name }) => name),
    readers: Object.fromEntries(known.map(({ name, readers }) => [name, readers])),
    omitted: ports.filter(isText).map(({ name }) => name ?? ''),
    about: aboutOf(message),
    apply,
    traced: traced as never,
    toOnnx: (values = {}) => encodeModel(withValues(message, byName, values)),
    write: async (path, values = {}, options = {}) =>
      writeModelFile(path, withValues(message, byName, values), options),
  }
}

/** The message with these numbers in place of its own. */
function withValues(
  message: ModelProto,
  known: ReadonlyMap<string, FileParameter>,
  values: FileValues,
): ModelProto {
  checkValues(known, values)
  for (const parameter of known.values()) parameter.write(values[parameter.name] ?? parameter.value)
  return message
}

const aboutOf = ({ producerName, producerVersion, docString, metadataProps }: ModelProto): ModelAbout => ({
  producer: [producerName, producerVersion].filter(Boolean).join(' '),
  docString: docString ?? '',
  metadata: Object.fromEntries((metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? ''])),
})

// Before it, broadcasting was an attribute and meant something else; after the newest, operators may mean what nobody knows yet.
const [oldest, newest] = [7, 26]

function checkVersion({ opsets, graph }: Program): void {
  const version = opsets.get('')
  if (version !== undefined && (version < oldest || version > newest))
    throw new FormatError(
      `ONNX model: it is written in version ${version} of the operators, expected ${oldest} to ${newest}. Convert it in Python: onnx.version_converter.convert_version(model, 17).`,
      { format: 'onnx', version },
    )
  if ((graph.sparseInitializer ?? []).length > 0)
    throw new FormatError(
      'ONNX model: it has sparse constants, which cannot be imported. Write them as dense ones.',
      { format: 'onnx' },
    )
}

function missingOutput(name: string): FormatError {
  return new FormatError(
    `ONNX model: nothing gives the output '${name}'. The file is damaged; write it again.`,
    { format: 'onnx', output: name },
  )
}

function checkValues(known: ReadonlyMap<string, FileParameter>, values: ParameterValues): void {
  for (const [name, value] of Object.entries(values)) {
    const parameter = known.get(name)
    if (parameter === undefined)
      throw new UsageError(
        `importOnnx: the file has no parameter '${name}'; it has ${[...known.keys()].join(', ') || 'none'}.`,
      )
    if (value.dtype === 'float32' && sameShape(value.shape, parameter.value.shape)) continue
    throw new ShapeError(
      `importOnnx: the parameter '${name}' is ${formatSpec(value)}, expected float32${formatShape(parameter.value.shape)}.`,
      { expected: parameter.value.shape, received: value.shape, where: name },
    )
  }
}

function checkInputs(inputs: Readonly<Record<string, Spec>>, given: Readonly<Record<string, Tensor>>): void {
  const names = Object.keys(inputs)
  const unknown = Object.keys(given).find((name) => inputs[name] === undefined)
  const missing = names.find((name) => given[name] === undefined)
  if (unknown !== undefined || missing !== undefined)
    throw new UsageError(
      `importOnnx: ${unknown === undefined ? `the input '${missing}' is missing` : `there is no input '${unknown}'`}; the model takes ${names.join(', ')}.`,
    )
  for (const name of names) {
    const [spec, value] = [inputs[name]!, given[name]!]
    const fits =
      value.dtype === spec.dtype &&
      value.shape.length === spec.shape.length &&
      spec.shape.every((dim, i) => typeof dim !== 'number' || dim === value.shape[i])
    if (fits) continue
    throw new ShapeError(
      `importOnnx: the input '${name}' is ${formatSpec(value)}, expected ${formatSpec(spec)}.`,
      { expected: spec.shape, received: value.shape, where: name },
    )
  }
}
