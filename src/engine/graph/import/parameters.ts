// The numbers of a file that can be trained, and how they are written back to where they stood.
import type { AttributeProto, NodeProto, TensorProto } from '../../onnx/proto/index.js'
import type { NDArray } from '../array.js'
import { constantOf } from './constants.js'
import { halvesOfFloats } from '../../../base/index.js'
import { settingInputs, statisticInputs, weightAttributes } from './operators/index.js'
import { keyOf, type Program, weightName } from './program.js'

/** A parameter of a file. */
export interface FileParameter {
  readonly name: string
  readonly value: NDArray<'float32'>
  /** Kept but not learned, such as running means. */
  readonly statistic: boolean
  /** Names of the nodes that read it. */
  readonly readers: readonly string[]
  /** Puts numbers in its place in the message. */
  write(value: NDArray<'float32'>): void
}

/** All parameters that these nodes of the main graph use: initializers, constants of more than one number, and weights in attributes. */
export function parametersOf({ graph }: Program, nodes: readonly NodeProto[]): FileParameter[] {
  const uses = usesOf(nodes)
  const fromTensor = (name: string, proto: TensorProto): FileParameter[] => {
    const use = uses.get(name)
    if (use === undefined || use.kind === 'setting' || !isTrained(proto)) return []
    const value = constantOf(proto) as NDArray<'float32'>
    // Masks with −∞ are no weights.
    if (!value.data.every(Number.isFinite)) return []
    const statistic = use.kind === 'statistic'
    return [{ name, value, statistic, readers: use.readers, write: (given) => writeTensor(proto, given) }]
  }
  const initializers = (graph.initializer ?? []).flatMap((proto) => fromTensor(proto.name ?? '', proto))
  const constants = nodes
    .filter(({ opType }) => opType === 'Constant')
    .flatMap(({ output, attribute }) => {
      const proto = attribute?.find(({ name }) => name === 'value')?.t
      // Single numbers in nodes belong to formulas: the ½ of a gelu, the ε of a norm.
      return proto && (constantOf(proto)?.data.length ?? 0) > 1 ? fromTensor(output?.[0] ?? '', proto) : []
    })
  return [...initializers, ...constants, ...nodes.flatMap(attributeParameters)]
}

/** What a name is used for, and by which nodes. */
interface Use {
  kind: 'parameter' | 'statistic' | 'setting'
  readonly readers: string[]
}

/** The uses of names; to be learned, where one is used in several ways. */
function usesOf(nodes: readonly NodeProto[]): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>()
  const visit = (node: NodeProto): void => {
    node.input?.forEach((name, i) => {
      const kind = kindOf(keyOf(node), i)
      const use = uses.get(name) ?? { kind, readers: [] }
      if (kind === 'parameter') use.kind = kind
      use.readers.push(node.name ?? '')
      uses.set(name, use)
    })
    for (const { g } of node.attribute ?? []) g?.node?.forEach(visit)
  }
  nodes.forEach(visit)
  return uses
}

function kindOf(operator: string, input: number): Use['kind'] {
  if (settingInputs[operator]?.includes(input) === true) return 'setting'
  return statisticInputs[operator]?.includes(input) === true ? 'statistic' : 'parameter'
}

/** Numbers of TensorProto.DataType for float32 and float16. */
const [float32, float16] = [1, 10]

const isTrained = ({ dataType }: TensorProto): boolean => dataType === float32 || dataType === float16

function writeTensor(proto: TensorProto, { data }: NDArray<'float32'>): void {
  const numbers = proto.dataType === float16 ? halvesOfFloats(data) : data
  proto.rawData = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  delete proto.floatData
  delete proto.int32Data
}

function attributeParameters(node: NodeProto): FileParameter[] {
  return (weightAttributes[keyOf(node)] ?? []).flatMap((name): FileParameter[] => {
    const attribute: AttributeProto | undefined = node.attribute?.find((one) => one.name === name)
    if (attribute?.floats === undefined || attribute.floats.length === 0) return []
    const data = Float32Array.from(attribute.floats)
    return [
      {
        name: weightName(node, name),
        value: { dtype: 'float32', shape: [data.length], data },
        statistic: false,
        readers: [node.name ?? ''],
        write(value) {
          attribute.floats = Array.from(value.data)
        },
      },
    ]
  })
}
