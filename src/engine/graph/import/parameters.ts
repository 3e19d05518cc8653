// The numbers of a file that can be trained, and how they are written back to where they stood.
import type { AttributeProto, NodeProto, TensorProto } from '../../onnx/index.js'
import type { NDArray } from '../array.js'
import { constantOf } from './constants.js'
import { halvesOfFloats } from './half.js'
import { settingInputs, statisticInputs, weightAttributes } from './operators/index.js'
import { keyOf, type Program, weightName } from './program.js'

/** A parameter of a file. */
export interface FileParameter {
  readonly name: string
  readonly value: NDArray<'float32'>
  /** Kept but not learned, such as running means. */
  readonly statistic: boolean
  /** Puts numbers in its place in the message. */
  write(value: NDArray<'float32'>): void
}

/** All parameters that these nodes of the main graph use: initializers, constants of more than one number, and weights in attributes. */
export function parametersOf({ graph }: Program, nodes: readonly NodeProto[]): FileParameter[] {
  const use = usesOf(nodes)
  const fromTensor = (name: string, proto: TensorProto): FileParameter[] => {
    const kind = use.get(name)
    if (kind === undefined || kind === 'setting' || !isTrained(proto)) return []
    const value = constantOf(proto) as NDArray<'float32'>
    return [{ name, value, statistic: kind === 'statistic', write: (given) => writeTensor(proto, given) }]
  }
  const initializers = (graph.initializer ?? []).flatMap((proto) => fromTensor(proto.name ?? '', proto))
  const constants = nodes
    .filter(({ opType }) => opType === 'Constant')
    .flatMap(({ output, attribute }) => {
      const proto = attribute?.find(({ name }) => name === 'value')?.t
      // Single numbers in nodes belong to formulas: the ½ of a gelu, the ε of a norm.
      return proto && (proto.dims ?? []).length > 0 ? fromTensor(output?.[0] ?? '', proto) : []
    })
  return [...initializers, ...constants, ...nodes.flatMap(attributeParameters)]
}

type Use = 'parameter' | 'statistic' | 'setting'

/** What each name is used for; to be learned, where it is used in several ways. */
function usesOf(nodes: readonly NodeProto[]): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>()
  const visit = (node: NodeProto): void => {
    const key = keyOf(node)
    node.input?.forEach((name, i) => {
      const kind =
        settingInputs[key]?.includes(i) === true
          ? 'setting'
          : statisticInputs[key]?.includes(i) === true
            ? 'statistic'
            : 'parameter'
      if (kind === 'parameter' || !uses.has(name)) uses.set(name, kind)
    })
    for (const { g } of node.attribute ?? []) g?.node?.forEach(visit)
  }
  nodes.forEach(visit)
  return uses
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
        write(value) {
          attribute.floats = Array.from(value.data)
        },
      },
    ]
  })
}
