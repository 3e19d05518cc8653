// What a model file says about itself, without running it.
import { typeOfCode } from './data-types.js'
import { decodeModel } from './decode.js'
import { externalEntry, isExternal } from './external-data.js'
import type { Dimension } from './graph-message.js'
import { toNumber } from './int64.js'
import { graphsOf, tensorsOf } from './model-graphs.js'
import type { ModelProto, TensorProto, TensorTypeProto, TypeProto, ValueInfoProto } from './proto/messages.js'

/** An input or output as a file declares it. */
export interface DeclaredPort {
  readonly name: string
  /** The element type, or a description such as `sequence(map(int64, float32))`. */
  readonly type: string
  /** Undefined where the file does not say. */
  readonly shape: readonly Dimension[] | undefined
}

/** A model file in figures. */
export interface ModelInfo {
  readonly irVersion: number
  readonly producer: string
  readonly docString: string
  /** Version of each operator set, by domain; the standard one is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>
  readonly inputs: readonly DeclaredPort[]
  readonly outputs: readonly DeclaredPort[]
  /** How often each operator occurs, inner graphs included; others than standard ones as `domain.Operator`. */
  readonly operators: Readonly<Record<string, number>>
  readonly metadata: Readonly<Record<string, string>>
  /** Size of the file in bytes, without files beside it. */
  readonly bytes: number
  /** Constants, attributes included: their number, and the bytes inside and outside of the file. */
  readonly constants: { readonly count: number; readonly bytes: number; readonly external: number }
}

/**
 * Reads what a model declares.
 *
 * @throws {@link FormatError} when the bytes are not a model
 */
export function inspectModel(bytes: Uint8Array): ModelInfo {
  const model = decodeModel(bytes)
  const graph = model.graph ?? {}
  // Old files list constants among the inputs too.
  const constants = new Set((graph.initializer ?? []).map((proto) => proto.name))
  const producer = [model.producerName, model.producerVersion].filter(Boolean).join(' ')
  return {
    irVersion: toNumber(model.irVersion),
    producer,
    docString: model.docString ?? '',
    opsets: Object.fromEntries(
      (model.opsetImport ?? []).map(({ domain, version }) => [domain || 'ai.onnx', toNumber(version)]),
    ),
    inputs: (graph.input ?? []).filter((port) => !constants.has(port.name)).map(declaredPort),
    outputs: (graph.output ?? []).map(declaredPort),
    operators: countOperators(model),
    metadata: Object.fromEntries(
      (model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? '']),
    ),
    bytes: bytes.length,
    constants: countConstants(tensorsOf(model)),
  }
}

function countOperators(model: ModelProto): Record<string, number> {
  const counts = new Map<string, number>()
  for (const { opType = '', domain = '' } of graphsOf(model).flatMap((graph) => graph.node ?? [])) {
    const name = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function countConstants(tensors: readonly TensorProto[]): ModelInfo['constants'] {
  let bytes = 0
  let external = 0
  for (const proto of tensors) {
    if (isExternal(proto)) external += Number(externalEntry(proto, 'length') ?? 0)
    else bytes += inlineBytes(proto)
  }
  return { count: tensors.length, bytes, external }
}

function inlineBytes(proto: TensorProto): number {
  const texts = (proto.stringData ?? []).reduce((sum, text) => sum + text.length, 0)
  const four = (proto.floatData?.length ?? 0) + (proto.int32Data?.length ?? 0)
  const eight =
    (proto.doubleData?.length ?? 0) + (proto.int64Data?.length ?? 0) + (proto.uint64Data?.length ?? 0)
  return (proto.rawData?.length ?? 0) + texts + 4 * four + 8 * eight
}

function declaredPort({ name = '', type }: ValueInfoProto): DeclaredPort {
  const dim = type?.tensorType?.shape?.dim
  const shape = dim?.map(
    ({ dimParam, dimValue }): Dimension =>
      dimParam || (dimValue === undefined || dimValue === null ? '' : toNumber(dimValue)),
  )
  return { name, type: describeType(type), shape }
}

function describeType(type: TypeProto | null | undefined): string {
  if (type?.tensorType) return elementName(type.tensorType)
  if (type?.sequenceType) return `sequence(${describeType(type.sequenceType.elemType)})`
  if (type?.optionalType) return `optional(${describeType(type.optionalType.elemType)})`
  if (type?.sparseTensorType) return `sparse(${elementName(type.sparseTensorType)})`
  if (type?.mapType)
    return `map(${elementName({ elemType: type.mapType.keyType ?? 0 })}, ${describeType(type.mapType.valueType)})`
  return 'unknown'
}

const elementName = ({ elemType = 0 }: TensorTypeProto): string => typeOfCode(elemType) ?? `type ${elemType}`
