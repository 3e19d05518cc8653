// From a finished draft of a graph to the message of the file: names are settled here, once all of them are known.
import { dataTypeCode, type TensorType } from './data-types.js'
import type { AttributeProto, ModelProto, NodeProto, ValueInfoProto } from './proto/messages.js'
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
  const { rename, copies } = settleNames(state)
  const nodes = [...state.nodes.map((node) => nodeProto(node, rename)), ...copies]
  const domains = new Set<OperatorDomain>(['', ...state.nodes.map((node) => node.domain)])
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
      valueInfo: state.stated.map(({ value, type }) => ({
        name: rename(value),
        type: { tensorType: { elemType: dataTypeCode[type] } },
      })),
    },
  }
}

interface SettledNames {
  readonly rename: (inner: string) => string
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
  for (const inner of [...state.constants.map((constant) => constant.name), ...computed]) {
    if (!finalNames.has(inner)) finalNames.set(inner, unique(inner))
  }
  const rename = (inner: string): string => finalNames.get(inner) ?? inner
  const copies = copied.map(({ name, value }) => ({
    opType: 'Identity',
    name: unique(`Identity:${name}`),
    input: [rename(value)],
    output: [name],
  }))
  return { rename, copies }
}

function nodeProto(node: NodeDraft, rename: (inner: string) => string): NodeProto {
  const output = node.outputs.map(rename)
  return {
    opType: node.operator,
    domain: node.domain,
    // Node names are a space of their own; the first output makes a unique one.
    name: `${node.operator}:${output[0] ?? ''}`,
    input: node.inputs.map(rename),
    output,
    attribute: node.attributes,
  }
}

function valueInfo(port: Port): ValueInfoProto {
  const dim = port.shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name: port.name, type: { tensorType: { elemType: dataTypeCode[port.type], shape: { dim } } } }
}
