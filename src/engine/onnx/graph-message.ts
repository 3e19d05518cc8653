// From a finished draft of a graph to the message of the file: names are settled here, once all of them are known.
import { dataTypeCode, type TensorType } from './data-types.js'
import type { AttributeProto, GraphProto, ModelProto, NodeProto, ValueInfoProto } from './proto/messages.js'
import type { Tensor } from './tensor.js'
import { toTensorProto } from './tensor-proto.js'
import { irVersions, type OperatorDomain, type OperatorSet, operatorSets } from './versions.js'

/** The size of one axis: a number, or the name of a size that is known only when the graph runs. */
export type Dimension = number | string

/** What the written file says about itself. */
export interface BuildOptions {
  /** Entries of `metadata_props`. @default none */
  readonly metadata?: Readonly<Record<string, string>>
  /** A description for people. @default '' */
  readonly docString?: string
}

/** A node under inner names. */
export interface NodeDraft {
  readonly operator: string
  readonly domain: OperatorDomain
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: AttributeProto[]
  /** Graphs inside of it. */
  readonly graphs: readonly { readonly attribute: string; readonly state: GraphState }[]
}

/** An input or output: its public name, and the inner name of its value. */
interface Port {
  readonly name: string
  readonly value: string
  readonly type: TensorType
  readonly shape: readonly Dimension[]
}

/** A graph under construction. */
export interface GraphState {
  readonly name: string
  readonly operatorSet: OperatorSet
  readonly inputs: Port[]
  readonly outputs: Port[]
  readonly constants: { readonly name: string; readonly value: Tensor }[]
  readonly nodes: NodeDraft[]
  /** Types of values that others cannot infer, by inner name. */
  readonly stated: { readonly value: string; readonly type: TensorType }[]
}

/** Gives each hint back once, then with a number behind it. */
export function uniqueNames(reserved: Iterable<string> = []): (hint: string) => string {
  const taken = new Set(reserved)
  const counters = new Map<string, number>()
  return (hint) => {
    let name = hint
    let count = counters.get(hint) ?? 1
    while (taken.has(name) || name === '') name = `${hint}_${++count}`
    counters.set(hint, count)
    taken.add(name)
    return name
  }
}

/** The message of the whole model. */
export function modelMessage(state: GraphState, options: BuildOptions): ModelProto {
  const settled = settleNames(state)
  const { rename, copies } = settled
  const nodes = [...state.nodes.map((node) => nodeProto(node, settled)), ...copies]
  const domains = new Set<OperatorDomain>(['', ...nodesOf(state).map((node) => node.domain)])
  return {
    irVersion: irVersions[state.operatorSet],
    producerName: 'modelwright',
    docString: options.docString ?? '',
    opsetImport: [...domains].map((domain) => ({
      domain,
      version: domain === '' ? state.operatorSet : operatorSets[domain],
    })),
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: state.name,
      node: nodes,
      initializer: state.constants.map(({ name, value }) => toTensorProto(value, rename(name))),
      input: state.inputs.map(valueInfo),
      output: state.outputs.map(valueInfo),
      valueInfo: statedInfo(state, rename),
    },
  }
}

const statedInfo = ({ stated }: GraphState, rename: (inner: string) => string): ValueInfoProto[] =>
  stated.map(({ value, type }) => ({
    name: rename(value),
    type: { tensorType: { elemType: dataTypeCode[type] } },
  }))

/** All nodes, those of inner graphs too. */
const nodesOf = ({ nodes }: GraphState): NodeDraft[] =>
  nodes.flatMap((node) => [node, ...node.graphs.flatMap(({ state }) => nodesOf(state))])

/** Number of AttributeProto.AttributeType for graphs. */
const graphKind = 5

/** A graph inside of a node. What it gives must be made in it, each value once: others are copied. */
function innerGraph(state: GraphState, names: SettledNames): GraphProto {
  const { rename, fresh } = names
  const free = new Set(state.nodes.flatMap(({ outputs }) => outputs))
  const copies: NodeProto[] = []
  const output = state.outputs.map((port) => {
    if (free.delete(port.value)) return valueInfo({ ...port, name: rename(port.value) })
    const source = rename(port.value)
    const name = fresh('copy')
    copies.push({ opType: 'Identity', name: `Identity:${name}`, input: [source], output: [name] })
    return valueInfo({ ...port, name })
  })
  return {
    name: state.name,
    node: [...state.nodes.map((node) => nodeProto(node, names)), ...copies],
    input: state.inputs.map((port) => valueInfo({ ...port, name: rename(port.value) })),
    output,
    valueInfo: statedInfo(state, rename),
  }
}

/** Inner names of all that graphs inside of these nodes bring along. */
const innerNames = (nodes: readonly NodeDraft[]): string[] =>
  nodes.flatMap(({ graphs }) =>
    graphs.flatMap(({ state }) => [
      ...state.inputs.map(({ value }) => value),
      ...state.nodes.flatMap(({ outputs }) => outputs),
      ...innerNames(state.nodes),
    ]),
  )

interface SettledNames {
  readonly rename: (inner: string) => string
  /** A name that nothing has yet. */
  readonly fresh: (hint: string) => string
  /** Nodes that copy values which cannot carry an output's name themselves. */
  readonly copies: NodeProto[]
}

function settleNames(state: GraphState): SettledNames {
  const ports = [...state.inputs, ...state.outputs]
  const unique = uniqueNames(ports.map((port) => port.name))
  const computed = new Set(state.nodes.flatMap((node) => node.outputs))
  const finalNames = new Map<string, string>([['', '']])
  for (const input of state.inputs) finalNames.set(input.value, input.name)
  const copied: Port[] = []
  for (const output of state.outputs) {
    if (computed.has(output.value) && !finalNames.has(output.value)) finalNames.set(output.value, output.name)
    else copied.push(output)
  }
  const constants = state.constants.map((constant) => constant.name)
  for (const inner of [...constants, ...computed, ...innerNames(state.nodes)]) {
    if (!finalNames.has(inner)) finalNames.set(inner, unique(inner))
  }
  const rename = (inner: string): string => finalNames.get(inner) ?? inner
  const copies = copied.map(({ name, value }) => ({
    opType: 'Identity',
    name: unique(`Identity:${name}`),
    input: [rename(value)],
    output: [name],
  }))
  return { rename, fresh: unique, copies }
}

function nodeProto(node: NodeDraft, names: SettledNames): NodeProto {
  const { rename } = names
  const output = node.outputs.map(rename)
  return {
    opType: node.operator,
    domain: node.domain,
    // Node names are a space of their own; the first output makes a unique one.
    name: `${node.operator}:${output[0] ?? ''}`,
    input: node.inputs.map(rename),
    output,
    attribute: [
      ...node.attributes,
      ...node.graphs.map(({ attribute, state }) => ({
        name: attribute,
        type: graphKind,
        g: innerGraph(state, names),
      })),
    ],
  }
}

function valueInfo(port: Port): ValueInfoProto {
  const dim = port.shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name: port.name, type: { tensorType: { elemType: dataTypeCode[port.type], shape: { dim } } } }
}
