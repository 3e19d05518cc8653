// A node in a form that its operator had, to compare the import with the runtime.
import { type AttributeValue, floatAttribute } from '../../src/engine/onnx/attributes.js'
import { type Tensor, tensor } from '../../src/engine/onnx/index.js'
import type { Shape } from '../../src/engine/graph/index.js'

/** A node, its operands in order (some of them constants), and its attributes. */
export interface OperatorCase {
  readonly operator: string
  readonly opset: number
  /** null leaves an optional one out; an array of one marks a constant of the file. */
  readonly operands: readonly (Tensor | readonly [Tensor] | null)[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  /** How many outputs are asked for. @default 1 */
  readonly outputs?: number
  readonly domain?: string
  readonly shapes?: Readonly<Record<string, Shape>>
  readonly tolerance?: number
}

type Rest = Omit<OperatorCase, 'operator' | 'opset' | 'operands' | 'attributes'>

/** A case in a line. */
export const one = (
  operator: string,
  opset: number,
  operands: OperatorCase['operands'],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  rest: Rest = {},
): OperatorCase => ({ operator, opset, operands, attributes, ...rest })

/** Whole numbers that are an input of the model. */
export const ints = (values: readonly number[], dims?: readonly number[]): Tensor =>
  tensor('int64', values, dims)
/** Whole numbers that are a constant of it. */
export const fixed = (values: readonly number[], dims?: readonly number[]): readonly [Tensor] => [
  ints(values, dims),
]
/** A number that is a constant. */
export const number = (value: number): readonly [Tensor] => [tensor('float32', [value], [])]
export const bools = (values: readonly number[], dims?: readonly number[]): Tensor =>
  tensor('bool', values, dims)
/** A float as an attribute. */
export const f = floatAttribute
