// The one writer of ONNX graphs. Values are handed out and wired into nodes; final names are settled in build(), so
// that inputs and outputs keep exactly the names they were given.
import { ConflictError } from '../../base/index.js'
import { attributeProto, type AttributeValue } from './attributes.js'
import type { TensorType } from './data-types.js'
import {
  modelMessage,
  uniqueNames,
  type BuildOptions,
  type Dimension,
  type GraphState,
  type NodeDraft,
} from './graph-message.js'
import { modelCodec, type ModelProto } from './proto/messages.js'
import { tensorKey } from './tensor-key.js'
import { toTensorProto } from './tensor-proto.js'
import type { Tensor } from './tensor.js'
import type { OperatorDomain } from './versions.js'

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

/** Attributes by name; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>

/** Writes one graph. */
export interface GraphBuilder {
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
  /** The message, for writing with external data. */
  message(options?: BuildOptions): ModelProto
  /** The bytes of the model file. */
  build(options?: BuildOptions): Uint8Array
}

/**
 * Starts a graph.
 *
 * @param options.name - the graph's name in the file
 * @example
 * ```ts
 * const g = graphBuilder({ name: 'twice' })
 * const x = g.input('x', 'float64', ['N', 1])
 * const two = g.initializer('two', scalar('float64', 2))
 * g.output('y', g.node('Mul', [x, two]), 'float64', ['N', 1])
 * g.build().length > 0 // => true
 * ```
 */
export function graphBuilder(options: { readonly name: string }): GraphBuilder {
  const state: GraphState = { name: options.name, inputs: [], outputs: [], constants: [], nodes: [] }
  const unique = uniqueNames()
  const constantByKey = new Map<string, Value>()
  const declare = (name: string): void => {
    if ([...state.inputs, ...state.outputs].some((other) => other.name === name)) throw nameConflict(name)
  }
  return Object.freeze({
    input(name, type, shape) {
      declare(name)
      const value: Value = Object.freeze({ name: unique(name), type, shape })
      state.inputs.push({ name, value: value.name, type, shape })
      return value
    },
    initializer(hint, value) {
      const key = tensorKey(value)
      const known = constantByKey.get(key)
      if (known !== undefined) return known
      const constant: Value = Object.freeze({ name: unique(hint), type: value.type, shape: value.dims })
      state.constants.push({ name: constant.name, value })
      constantByKey.set(key, constant)
      return constant
    },
    node(operator, inputs, attributes = {}, settings = {}) {
      const value: Value = Object.freeze({
        name: unique(settings.name ?? operator),
        type: settings.type,
        shape: settings.shape,
      })
      state.nodes.push(nodeDraft({ operator, inputs, attributes, outputs: [value], domain: settings.domain }))
      return value
    },
    nodes(operator, inputs, attributes, settings) {
      const outputs = settings.types.map((type) =>
        Object.freeze({ name: unique(settings.name ?? operator), type, shape: undefined }),
      )
      state.nodes.push(nodeDraft({ operator, inputs, attributes, outputs, domain: settings.domain }))
      return outputs
    },
    output(name, value, type, shape) {
      declare(name)
      state.outputs.push({ name, value: value.name, type, shape })
    },
    message: (settings = {}) => modelMessage(state, settings),
    build: (settings = {}) => modelCodec.encode(modelMessage(state, settings)).finish(),
  } satisfies GraphBuilder)
}

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

function nodeDraft(node: NewNode): NodeDraft {
  return {
    operator: node.operator,
    domain: node.domain ?? '',
    inputs: node.inputs.map((value) => value?.name ?? ''),
    outputs: node.outputs.map((value) => value.name),
    attributes: Object.entries(node.attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [attributeProto(name, value, toTensorProto)],
    ),
  }
}
