// A node of a file as the rules of its operator see it: attributes and inputs by what they should be.
import { FormatError } from '../../../base/index.js'
import { type AttributeProto, type GraphProto, type NodeProto, toNumber } from '../../onnx/proto/index.js'
import { array, type NDArray } from '../array.js'
import type { Dim } from '../dims.js'
import { isValue, type Tensor } from '../value.js'
import { constantOf } from './constants.js'
import { type Held, isSizes, narrow } from './held.js'
import type { SizeSources } from './sizes.js'

/** What a rule gives: an output, or a list of them; those it does not give may not be asked for. */
export type Results = Held | undefined | readonly (Held | undefined)[]

/** How an operator is said with the operations of the graph. */
export type OperatorRule = (node: ImportedNode) => Results

/** By name. */
export type OperatorRules = Readonly<Record<string, OperatorRule>>

/** A node and what flows into it. */
export interface ImportedNode {
  readonly operator: string
  /** As people find it in the file: name and operator. */
  readonly title: string
  /** The version of the operator set that it was written for. */
  readonly opset: number
  readonly inputs: readonly (Held | undefined)[]
  /** How many outputs it is asked for, the last one named. */
  readonly outputCount: number
  /** Whether an output has a name, so that somebody may read it. */
  asksFor(output: number): boolean
  /** An input that must be there. */
  tensor(i: number): Tensor
  optional(i: number): Tensor | undefined
  /** An input that must be numbers now. */
  known(i: number): NDArray | undefined
  /** An input that says sizes; names among them where they are known only when the graph runs. */
  dims(i: number): readonly Dim[] | undefined
  /** A list of whole numbers that is an attribute in old files and an input in new ones. */
  integersAt(attribute: string, i: number): readonly number[] | undefined
  int(name: string, otherwise: number): number
  float(name: string, otherwise: number): number
  text(name: string, otherwise: string): string
  ints(name: string): readonly number[] | undefined
  floats(name: string): readonly number[] | undefined
  texts(name: string): readonly string[] | undefined
  array(name: string): NDArray | undefined
  graph(name: string): GraphProto
  /** Floats of an attribute that may be trained. */
  weights(name: string): Tensor | undefined
  readonly sizes: SizeSources
  /** Runs a graph inside of the node, which sees what is outside. */
  run(graph: GraphProto, inputs: readonly Held[]): readonly (Held | undefined)[]
  /** @param why - what cannot be done, as a sentence without the node */
  fault(why: string): FormatError
}

/** What {@link importedNode} is made of. */
export interface NodeSource extends Pick<ImportedNode, 'opset' | 'inputs' | 'sizes' | 'run'> {
  readonly proto: NodeProto
  readonly title: string
  /** Values of attributes that may be trained. */
  weights(name: string): Tensor | undefined
}

const decoder = new TextDecoder()

/** A node of a file with its inputs. */
export function importedNode(source: NodeSource): ImportedNode {
  const { proto, inputs, title } = source
  const attributes = new Map((proto.attribute ?? []).map((attribute) => [attribute.name, attribute]))
  const outputs = proto.output ?? []
  const fault = (why: string): FormatError =>
    new FormatError(`ONNX model, node ${title}: ${why}`, { format: 'onnx', node: title })
  return {
    operator: proto.opType ?? '',
    title,
    opset: source.opset,
    inputs,
    outputCount: outputs.length,
    sizes: source.sizes,
    run: source.run,
    fault,
    asksFor: (output) => (outputs[output] ?? '') !== '',
    ...inputReaders(source, fault),
    ...attributeReaders(attributes, fault),
    integersAt(attribute, i) {
      const known = numbersOf(inputs[i], i, fault)
      return known === undefined ? listOf(attributes.get(attribute)) : Array.from(known.data)
    },
    weights(name) {
      const floats = attributes.get(name)?.floats
      if (floats === undefined || floats.length === 0) return undefined
      return source.weights(name) ?? array(Float32Array.from(floats))
    },
  }
}

type Fault = ImportedNode['fault']

const numbersOf = (held: Held | undefined, i: number, fault: Fault): NDArray | undefined => {
  if (held === undefined) return undefined
  if (isSizes(held) || isValue(held))
    throw fault(
      `input ${i} must be known when the file is read, but depends on the model's inputs. Fix the sizes with the option shapes, or export the model with constant sizes.`,
    )
  return held
}

function inputReaders(
  { inputs, sizes }: NodeSource,
  fault: Fault,
): Pick<ImportedNode, 'tensor' | 'optional' | 'known' | 'dims'> {
  const optional = (i: number): Tensor | undefined => {
    const held = inputs[i]
    return isSizes(held) ? sizes.tensorOf(held) : held
  }
  return {
    optional,
    tensor(i) {
      const tensor = optional(i)
      if (tensor === undefined)
        throw fault(`input ${i} is missing, or is text, which a graph of numbers cannot carry.`)
      return tensor
    },
    known: (i) => numbersOf(inputs[i], i, fault),
    dims(i) {
      const held = inputs[i]
      if (isSizes(held)) return held.dims
      const known = numbersOf(held, i, fault)
      return known && Array.from(known.data)
    },
  }
}

const listOf = (attribute: AttributeProto | undefined): readonly number[] | undefined =>
  attribute?.ints?.map((value) => narrow(toNumber(value)))

function attributeReaders(
  attributes: ReadonlyMap<string | undefined, AttributeProto>,
  fault: Fault,
): Pick<ImportedNode, 'int' | 'float' | 'text' | 'ints' | 'floats' | 'texts' | 'array' | 'graph'> {
  return {
    int(name, otherwise) {
      const attribute = attributes.get(name)
      return attribute === undefined ? otherwise : narrow(toNumber(attribute.i))
    },
    float(name, otherwise) {
      const attribute = attributes.get(name)
      return attribute === undefined ? otherwise : (attribute.f ?? 0)
    },
    text(name, otherwise) {
      const attribute = attributes.get(name)
      return attribute === undefined ? otherwise : decoder.decode(attribute.s ?? new Uint8Array())
    },
    ints: (name) => listOf(attributes.get(name)),
    floats: (name) => attributes.get(name)?.floats,
    texts: (name) => attributes.get(name)?.strings?.map((text) => decoder.decode(text)),
    array(name) {
      const proto = attributes.get(name)?.t
      return proto ? constantOf(proto) : undefined
    },
    graph(name) {
      const graph = attributes.get(name)?.g
      if (!graph) throw fault(`the graph '${name}' is missing. The file is damaged; write it again.`)
      return graph
    },
  }
}
