// A traced function, ready to run on ONNX Runtime.
import { InvalidOptionError, ShapeError, UsageError } from '../../base/index.js'
import {
  type BuildOptions,
  channelBlock,
  type GraphBuilder,
  openSession,
  type OperatorSet,
  type SessionOptions,
  type Tensor as OnnxTensor,
  writeModelFile,
  type WriteModelOptions,
} from '../onnx/index.js'
import { type DType, formatShape, type NDArray } from './array.js'
import { emitGraph, type EmitOptions } from './emit/index.js'
import { isSpec, type Traced } from './trace.js'
import { flattenTree, type MapLeaves, type Tree, unflattenTree } from './tree.js'
import { formatSpec, type Spec, type Value } from './value.js'

/** A compiled function. Close it when done; `await using` does. */
export interface Compiled<Input, Output> extends AsyncDisposable {
  readonly engine: string
  /** Runs it on arrays. @throws {@link ShapeError} for arrays of other sizes or types than it was traced with */
  run(input: MapLeaves<Input, Spec, NDArray>): Promise<MapLeaves<Output, Value, NDArray>>
  close(): Promise<void>
}

/** How a traced function is written as a file. */
export interface OnnxFileOptions extends BuildOptions, Pick<EmitOptions, 'channelBlock'> {
  /** Standard operators only, so that other programs can run the file; otherwise also ONNX Runtime's own. @default true */
  readonly portable?: boolean
  /** Version of the standard operators, 18 to 26; newer ones shut out older readers. @default 18 */
  readonly operatorSet?: OperatorSet
}

function checkedSet(operatorSet: number | undefined): void {
  if (operatorSet === undefined || (Number.isInteger(operatorSet) && operatorSet >= 18 && operatorSet <= 26))
    return
  throw new InvalidOptionError(
    `toOnnx: operatorSet is ${operatorSet}, expected a version from 18 to 26, the newest that ONNX Runtime 1.30 accepts.`,
    { option: 'operatorSet', expected: [18, 26], received: operatorSet },
  )
}

function builderOf(traced: Traced, options: OnnxFileOptions): GraphBuilder {
  checkedSet(options.operatorSet)
  return emitGraph(traced.graph, { ...options, ...portNames(traced) })
}

/**
 * The bytes of an ONNX model.
 *
 * @throws {@link UsageError} for more than 2 GB of constants, which {@link writeOnnx} writes
 * @throws {@link InvalidOptionError} for an operator set that cannot be written
 * @example
 * ```ts
 * const traced = trace((x) => t.gelu(x), spec('float32', ['batch', 3]))
 * toOnnx(traced, { operatorSet: 20, metadata: { author: 'Ada' } }).length > 0 // => true
 * ```
 */
export const toOnnx = (traced: Traced, options: OnnxFileOptions = {}): Uint8Array =>
  builderOf(traced, options).build(options)

/**
 * Writes an ONNX model, whole or not at all; constants go beside it where they have more than 2 GB.
 *
 * @returns the paths of the files written
 * @throws {@link StorageError} when the disk is full or the folder cannot be written
 * @throws {@link InvalidOptionError} for an operator set that cannot be written
 */
export const writeOnnx = async (
  path: string,
  traced: Traced,
  options: OnnxFileOptions & WriteModelOptions = {},
): Promise<readonly string[]> => writeModelFile(path, builderOf(traced, options).message(options), options)

const portNames = ({ inputPaths, outputPaths }: Traced): { inputs: string[]; outputs: string[] } => {
  const inputs = inputPaths.map((path) => (path === '' ? 'input' : path))
  const taken = new Set(inputs)
  const outputs = outputPaths.map((path) => {
    const name = path === '' ? 'output' : path
    return taken.has(name) ? `${name}:out` : name
  })
  return { inputs, outputs }
}

/** Compiles a traced function. */
export async function compile<Input, Output>(
  traced: Traced<Input, Output>,
  options: SessionOptions = {},
): Promise<Compiled<Input, Output>> {
  const names = portNames(traced)
  const block = await channelBlock(options.engine, options.device)
  const session = await openSession(toOnnx(traced, { portable: false, channelBlock: block }), options)
  return {
    engine: session.engine,
    async run(input) {
      const { leaves, paths } = flattenTree<NDArray>(input as Tree<NDArray>, isSpec)
      checkInputs(traced, leaves, paths)
      const feeds = Object.fromEntries(leaves.map((leaf, i) => [names.inputs[i]!, toTensor(leaf)]))
      const results = await session.run(feeds)
      const outputs = names.outputs.map((name) => toArray(results[name]!))
      return unflattenTree<NDArray>(traced.outputShape, outputs) as MapLeaves<Output, Value, NDArray>
    },
    close: () => session.close(),
    [Symbol.asyncDispose]: () => session.close(),
  }
}

function checkInputs(
  { graph, inputPaths }: Traced,
  leaves: readonly NDArray[],
  paths: readonly string[],
): void {
  if (paths.join('\n') !== inputPaths.join('\n'))
    throw new UsageError(`run: expected the inputs ${inputPaths.join(', ')}; received ${paths.join(', ')}.`)
  graph.inputs.forEach((input, i) => {
    const given = leaves[i]!
    const fits =
      given.dtype === input.dtype &&
      given.shape.length === input.shape.length &&
      input.shape.every((dim, axis) => typeof dim !== 'number' || dim === given.shape[axis])
    if (fits) return
    throw new ShapeError(
      `run: ${inputPaths[i]} is ${given.dtype}${formatShape(given.shape)}, expected ${formatSpec(input)}.`,
      {
        expected: formatSpec(input),
        received: given.shape,
        where: inputPaths[i],
      },
    )
  })
}

const toTensor = ({ dtype, shape, data }: NDArray): OnnxTensor =>
  ({ type: dtype, dims: shape, data }) as OnnxTensor
const toArray = ({ type, dims, data }: OnnxTensor): NDArray =>
  ({ dtype: type as DType, shape: dims, data }) as NDArray
