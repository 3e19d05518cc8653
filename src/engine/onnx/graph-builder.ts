// The one writer of ONNX graphs. Values are handed out and wired into nodes; final names are settled in build(), so
// that inputs and outputs keep exactly the names they were given.
import { assert, ConflictError } from '../../base/index.js'
import { attributeProto, type AttributeValue } from './attributes.js'
import type { TensorType } from './data-types.js'
import {
  modelMessage,
  uniqueNames,
  type BuildOptions,
  type Dimension,
  type GraphState,
} from './graph-message.js'
import type { ModelProto } from './proto/messages.js'
import { encodeModel } from './encode.js'
import { tensorKey } from './tensor-key.js'
import { toTensorProto } from './tensor-proto.js'
import type { Tensor } from './tensor.js'
import { type OperatorDomain, type OperatorSet, operatorSets } from './versions.js'

/** A tensor that flows through a graph under construction. */
export interface Value {
  /** Unique in the graph; inner names may change when the file is written. */
  readonly name: string
  /** The element type where it is known. */
  readonly type: TensorType | undefined
  /** The sizes where they are known. */
  readonly shape: readonly Dimension[] | undefined
}

/** How a node is written. */
export interface NodeOptions {
  /** The operator's domain. @default '' the standard operators */
  readonly domain?: OperatorDomain
  /** What the outputs' names start with. @default the operator */
  readonly name?: string
  /** Element type of the output, for those who build on it. @default unknown */
  readonly type?: TensorType | undefined
  /** Sizes of the output, for those who build on it. @default unknown */
  readonly shape?: readonly Dimension[] | undefined
}

/** A graph inside of a node, the body of a loop; it is made by {@link GraphBuilder.graph}. */
export interface InnerGraph {
  readonly inner: GraphState
}

/** Attributes by name; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, AttributeValue | InnerGraph | undefined>>

/** Writes one graph. */
export interface GraphBuilder {
  /** Version of the standard operators that it is written in. */
  readonly operatorSet: OperatorSet
  /**
   * Declares an input; its name is kept as it is.
   *
   * @throws {@link ConflictError} when an input of that name exists
   */
  input(name: string, type: TensorType, shape: readonly Dimension[]): Value
  /** Adds a constant. Equal constants are stored once. */
  initializer(hint: string, value: Tensor): Value
  /** Adds a node with one output; `null` among the inputs leaves an optional one out. */
  node(
    operator: string,
    inputs: readonly (Value | null)[],
    attributes?: Attributes,
    options?: NodeOptions,
  ): Value
  /** Adds a node with several outputs, one for each type (undefined: not known). */
  nodes(
    operator: string,
    inputs: readonly (Value | null)[],
    attributes: Attributes,
    options: Omit<NodeOptions, 'type' | 'shape'> & { readonly types: readonly (TensorType | undefined)[] },
  ): readonly Value[]
  /**
   * Declares an output; its name is kept as it is.
   *
   * @throws {@link ConflictError} when an input or output of that name exists
   */
  output(name: string, value: Value, type: TensorType, shape: readonly Dimension[]): void
  /**
   * Writes a graph for an attribute of a node: the body of a loop. It sees all values around it; names of its inputs and
   * outputs are hints.
   */
  graph(name: string, write: (inner: GraphBuilder) => void): InnerGraph
  /** The message, for writing with external data. */
  message(options?: BuildOptions): ModelProto
  /** The bytes of the model file. */
  build(options?: BuildOptions): Uint8Array
}

/**
 * Starts a graph.
 *
 * @param options.name - the graph's name in the file
 * @param options.operatorSet - version of the standard operators. @default 17
 * @example
 * ```ts
 * const g = graphBuilder({ name: 'twice' })
 * const x = g.input('x', 'float64', ['N', 1])
 * const two = g.initializer('two', scalar('float64', 2))
 * g.output('y', g.node('Mul', [x, two]), 'float64', ['N', 1])
 * g.build().length > 0 // => true
 * ```
 */
export function graphBuilder(options: {
  readonly name: string
  readonly operatorSet?: OperatorSet
}): GraphBuilder {
  const constants: GraphState['constants'] = []
  const state = newState(options.name, options.operatorSet ?? operatorSets[''], constants)
  const shared: SharedNames = {
    unique: uniqueNames(),
    known: new Set(),
    constants,
    constantByKey: new Map(),
  }
  const ports = new Set<string>()
  const declare = (port: string): void => {
    assert(port !== '', 'an input or output of a graph has a name')
    if (ports.has(port)) throw nameConflict(port)
    ports.add(port)
  }
  return builderOf(state, shared, declare)
}

/** What a graph and the graphs inside of it have in common. */
interface SharedNames {
  readonly unique: (hint: string) => string
  readonly known: Set<string>
  readonly constants: GraphState['constants']
  readonly constantByKey: Map<string, Value>
}

const newState = (
  name: string,
  operatorSet: OperatorSet,
  constants: GraphState['constants'],
): GraphState => ({ name, operatorSet, inputs: [], outputs: [], constants, nodes: [], stated: [] })

/** @param declare - told each name of an input or output */
function builderOf(state: GraphState, shared: SharedNames, declare: (port: string) => void): GraphBuilder {
  const { value, own, addNode } = graphDraft(state, shared)
  return Object.freeze({
    operatorSet: state.operatorSet,
    input(name, type, shape) {
      declare(name)
      const port = value(name, type, shape)
      state.inputs.push({ name, value: port.name, type, shape })
      return port
    },
    initializer(hint, content) {
      const key = tensorKey(content)
      const constant = shared.constantByKey.get(key) ?? value(hint, content.type, content.dims)
      if (!shared.constantByKey.has(key)) shared.constants.push({ name: constant.name, value: content })
      shared.constantByKey.set(key, constant)
      return constant
    },
    node(operator, inputs, attributes = {}, settings = {}) {
      const output = value(settings.name ?? operator, settings.type, settings.shape)
      addNode({ operator, inputs, attributes, outputs: [output], domain: settings.domain })
      return output
    },
    nodes(operator, inputs, attributes, settings) {
      const outputs = settings.types.map((type) => value(settings.name ?? operator, type, undefined))
      addNode({ operator, inputs, attributes, outputs, domain: settings.domain })
      return outputs
    },
    output(name, content, type, shape) {
      declare(name)
      own(content, `output '${name}'`)
      state.outputs.push({ name, value: content.name, type, shape })
    },
    graph(name, write) {
      const inner = newState(name, state.operatorSet, [])
      write(builderOf(inner, shared, () => {}))
      return { inner }
    },
    message: (settings = {}) => modelMessage(state, settings),
    build: (settings = {}) => encodeModel(modelMessage(state, settings)),
  } satisfies GraphBuilder)
}

/** Adds to a graph what is checked. */
function graphDraft(state: GraphState, { unique, known }: SharedNames) {
  const value = (hint: string, type: TensorType | undefined, shape: Value['shape']): Value => {
    const inner = unique(hint)
    known.add(inner)
    return Object.freeze({ name: inner, type, shape })
  }
  const own = (content: Value, what: string): void => {
    assert(known.has(content.name), `${what} is a value of the same graph`)
  }
  const addNode = (node: NewNode): void => {
    for (const input of node.inputs) if (input !== null) own(input, `the input of '${node.operator}'`)
    const entries = Object.entries(node.attributes)
    state.nodes.push({
      operator: node.operator,
      domain: node.domain ?? '',
      inputs: node.inputs.map((input) => input?.name ?? ''),
      outputs: node.outputs.map((output) => output.name),
      attributes: entries.flatMap(([key, given]) =>
        given === undefined || isInnerGraph(given) ? [] : [attributeProto(key, given, toTensorProto)],
      ),
      graphs: entries.flatMap(([key, given]) =>
        isInnerGraph(given) ? [{ attribute: key, state: given.inner }] : [],
      ),
    })
    // Operators of the runtime's own are unknown to others: shape inference of onnx 1.12 crashes where a type is missing.
    if (node.domain !== 'com.microsoft') return
    for (const { name: inner, type } of node.outputs)
      if (type !== undefined) state.stated.push({ value: inner, type })
  }
  return { value, addNode, own }
}

const isInnerGraph = (given: AttributeValue | InnerGraph | undefined): given is InnerGraph =>
  typeof given === 'object' && 'inner' in given

function nameConflict(name: string): ConflictError {
  return new ConflictError(
    `ONNX graph: the name '${name}' is used for another input or output. Rename the column or the output.`,
    { kind: 'graph value', id: name },
  )
}

interface NewNode {
  readonly operator: string
  readonly inputs: readonly (Value | null)[]
  readonly attributes: Attributes
  readonly outputs: readonly Value[]
  readonly domain: OperatorDomain | undefined
}
