// A traced function, ready to run on ONNX Runtime.
import { ShapeError, UsageError } from '../../base/index.js'
import { channelBlock, openSession, type SessionOptions, type Tensor as OnnxTensor } from '../onnx/index.js'
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

/** The bytes of an ONNX model. @param options.portable - standard operators only. @default true */
export function toOnnx(
  traced: Traced,
  options: Pick<EmitOptions, 'portable' | 'channelBlock'> = {},
): Uint8Array {
  return emitGraph(traced.graph, { ...portNames(traced), ...options }).build()
}

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
