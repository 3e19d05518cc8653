// A network: a layer, the input that it is made for, and the parameters that it declares.
import { nameOf, rng, ShapeError, UsageError } from '../../base/index.js'
import {
  formatShape,
  type random,
  sizeOf,
  type Spec,
  type Tensor,
  trace,
  type Traced,
  type Value,
  toOnnx,
} from '../../engine/graph/index.js'
import {
  type Arrays,
  type Declared,
  declaredSpecs,
  type Layer,
  rootScope,
  type ScopeSource,
} from './scope.js'

/** How a network is called. */
export interface ApplyOptions {
  /** Layers such as dropout and batch norm do otherwise in training. @default false */
  readonly training?: boolean
  /** Randomness of this step; needed in training by layers such as dropout. */
  readonly key?: random.Key
  /** Called with what each state becomes. */
  readonly onUpdate?: (path: string, value: Tensor) => void
}

/** Values by path. */
export type Values = Readonly<Record<string, Tensor>>

/** A layer of a network. */
export interface LayerRecord {
  /** Names of the layers that hold it, outermost first, and its own, joined by dots; '' for the network itself. */
  readonly path: string
  /** What it is, such as 'dense'; '' for a function without a name. */
  readonly kind: string
  /** Undefined where only its parameters are known, as of a scope that a layer opened for itself. */
  readonly output: Spec | undefined
}

/** A network, described: it holds no numbers. */
export interface Network {
  readonly input: Spec
  readonly output: Spec
  /** In the order of calls, each before the layers that it calls. */
  readonly layers: readonly LayerRecord[]
  /** What is learned, in the order of the layers. */
  readonly parameters: readonly Declared[]
  /** What is kept but not learned. */
  readonly states: readonly Declared[]
  /** How many numbers are learned. */
  readonly parameterCount: number
  /** Numbers to begin with; equal seeds give equal numbers. */
  initialize(seed?: number): Arrays
  /**
   * The output for parameters (and states) and an input: recorded where one of them is traced, else computed here and now, which
   * is slow. For many rows compile `trace()` once.
   */
  apply(values: Values, x: Tensor, options?: ApplyOptions): Tensor
  /** The graph of { params, x } → output, as it predicts: `await compile(net.trace())` runs it on the engine. */
  trace(): Traced<{ readonly params: Readonly<Record<string, Spec>>; readonly x: Spec }, Value>
  /** The ONNX file of the network with these parameters. */
  toOnnx(values: Arrays): Uint8Array
}

/**
 * Describes a network for inputs of a spec. Sizes of layers follow from it: they are told outputs only.
 *
 * @example
 * ```ts
 * const net = network(sequential(dense(16), relu, dense(3)), spec('float32', ['batch', 4]))
 * net.parameterCount // => 131
 * net.parameters.map(({ path }) => path) // => ['0.weight', '0.bias', '2.weight', '2.bias']
 * ```
 */
export function network(layer: Layer, input: Spec): Network {
  requireDescribed(layer, input)
  const parameters = new Map<string, Declared>()
  const states = new Map<string, Declared>()
  const layers = layerRecords(layer.name)
  const described = trace((x: Value) => {
    const declare =
      (known: Map<string, Declared>) =>
      (declared: Declared): Tensor => {
        known.set(declared.path, declared)
        layers.owns(declared.path)
        return { dtype: 'float32', shape: declared.shape, data: new Float32Array(sizeOf(declared.shape)) }
      }
    const source = { training: true, key: undefined, update: () => {}, enter: layers.enter }
    return layer(x, rootScope({ ...source, parameter: declare(parameters), state: declare(states) }))
  }, input)
  const all = [...parameters.values(), ...states.values()]
  const known = new Map(all.map((declared) => [declared.path, declared]))
  const { dtype, shape } = described.graph.outputs[0]!
  const self: Network = {
    input,
    output: { dtype, shape },
    layers: layers.all({ dtype, shape }),
    parameters: [...parameters.values()],
    states: [...states.values()],
    parameterCount: [...parameters.values()].reduce((sum, declared) => sum + sizeOf(declared.shape), 0),
    initialize(seed = 0) {
      const root = rng(seed).split('parameters')
      return Object.fromEntries(
        all.map((declared) => [
          declared.path,
          declared.initializer(root.split(declared.path), declared.shape),
        ]),
      )
    },
    apply: (values, x, options = {}) => layer(x, rootScope(sourceOf(values, known, options))),
    trace() {
      return trace((given: { params: Values; x: Value }) => self.apply(given.params, given.x), {
        params: declaredSpecs(all),
        x: input,
      } as never) as never
    },
    toOnnx: (values) => toOnnx(trace((x: Value) => self.apply(values, x), input)),
  }
  return self
}

function requireDescribed(layer: unknown, input: unknown): void {
  if (typeof layer !== 'function')
    throw new UsageError(
      `network: the first argument is ${nameOf(layer)}, expected a layer, such as sequential(dense(16), relu, dense(3)).`,
      { argument: 'layer' },
    )
  const shape = typeof input === 'object' && input !== null && 'shape' in input ? input.shape : undefined
  const isDim = (dim: unknown): boolean =>
    typeof dim === 'string' || (Number.isInteger(dim) && Number(dim) >= 0)
  if (Array.isArray(shape) && shape.every(isDim)) return
  throw new UsageError(
    `network: the input is ${Array.isArray(shape) ? `of shape [${shape.join(', ')}]` : nameOf(input)}, expected a spec, such as spec('float32', ['batch', 4]): axes of any length have a name.`,
    { argument: 'input' },
  )
}

/** Notes layers in the order of calls. */
function layerRecords(kind: string) {
  const records = new Map<string, LayerRecord>([['', { path: '', kind, output: undefined }]])
  return {
    enter(path: string, name: string) {
      if (records.has(path)) return () => {}
      const record = { path, kind: name, output: undefined }
      records.set(path, record)
      return ({ dtype, shape }: Spec) => void records.set(path, { ...record, output: { dtype, shape } })
    },
    /** A parameter also tells of the scope that it is in. */
    owns(parameter: string) {
      const path = parameter.slice(0, Math.max(0, parameter.lastIndexOf('.')))
      if (!records.has(path)) records.set(path, { path, kind: '', output: undefined })
    },
    all: (output: Spec): LayerRecord[] =>
      [...records.values()].map((record) => (record.path === '' ? { ...record, output } : record)),
  }
}

function sourceOf(
  values: Values,
  known: ReadonlyMap<string, Declared>,
  { training = false, key, onUpdate }: ApplyOptions,
): ScopeSource {
  const find = ({ path }: Declared): Tensor => {
    const value = (values as Values | undefined)?.[path]
    const shape = known.get(path)?.shape
    // A shape that broadcasts would compute something else.
    if (value !== undefined && shape !== undefined && value.shape.join() !== shape.join())
      throw new ShapeError(
        `Network: the value for '${path}' is ${formatShape(value.shape)}, expected ${formatShape(shape)}. Take it from initialize(), or from a file of the same network.`,
        { expected: shape, received: value.shape, where: path },
      )
    if (value !== undefined) return value
    throw new UsageError(
      `Network: no value for '${path}'. Take them from initialize(), or from a file of the same network.`,
    )
  }
  return { training, key, parameter: find, state: find, update: (path, value) => onUpdate?.(path, value) }
}
