// Every operator, in the forms that it had: the import gives what the runtime gives for the same bytes.
import { describe, expect, it } from 'vitest'
import { expectImport, floats, modelBytes, node } from '../../../../test/support/onnx-models.js'
import type { OperatorCase } from '../../../../test/support/operator-case.js'
import { operatorCases } from '../../../../test/support/operator-cases.js'
import type { Tensor } from '../../onnx/index.js'
import { array, grad, importOnnx, type NDArray, t, type Tensor as GraphTensor } from '../index.js'
import { fromFile } from './held.js'
import { operatorRules } from './operators/index.js'

const isConstant = (operand: Tensor | readonly [Tensor] | null): operand is readonly [Tensor] =>
  Array.isArray(operand)

function modelOf({
  operator,
  opset,
  operands,
  attributes = {},
  outputs = 1,
  domain = '',
  shapes = {},
}: OperatorCase) {
  const inputs: Record<string, Tensor> = {}
  const constants: Record<string, Tensor> = {}
  const names = operands.map((operand, i) => {
    if (operand === null) return ''
    if (isConstant(operand)) constants[`x${i}`] = operand[0]
    else inputs[`x${i}`] = operand
    return `x${i}`
  })
  const outputNames = Array.from({ length: outputs }, (_, i) => `y${i}`)
  const bytes = modelBytes({
    nodes: [node(operator, names, outputNames, { ...attributes, domain })],
    opset: domain === '' ? opset : 17,
    inputs,
    constants,
    outputs: outputNames,
    shapes,
  })
  return { bytes, inputs }
}

const titled = operatorCases.map((one) => ({
  ...one,
  title: `${one.operator} ${one.opset} ${JSON.stringify(one.attributes, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
}))

describe('the import gives what the runtime gives', () => {
  it.each(titled)('$title', async (one) => {
    const { bytes, inputs } = modelOf(one)
    await expectImport(bytes, inputs, one.tolerance)
  })

  it('for every operator that it knows', () => {
    const tested = new Set(
      operatorCases.map(({ operator, domain }) =>
        domain === undefined ? operator : `${domain}.${operator}`,
      ),
    )
    // Tested with graphs of several nodes: graph.test.ts.
    const elsewhere = new Set(['If', 'Loop', 'Scan', 'ai.onnx.ml.ZipMap', 'ai.onnx.ml.FeatureVectorizer'])
    expect(Object.keys(operatorRules).filter((name) => !tested.has(name) && !elsewhere.has(name))).toEqual([])
  })
})

// Jumps and numbers that are none have no slope, nor has |x| next to 0, where one of the operands is.
const uneven = new Set('Floor Ceil Round Sign Hardmax Binarizer IsNaN IsInf Mod Imputer ReduceL1'.split(' '))
const sloped = titled.filter(
  ({ operator, operands }) =>
    !uneven.has(operator) &&
    operands.some((operand) => operand !== null && 'type' in operand && operand.type === 'float32'),
)

describe('gradients are those of differences', () => {
  it.each(sloped)('$title', async (one) => {
    const { bytes, inputs } = modelOf(one)
    const model = await importOnnx(bytes)
    const given = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, fromFile(value)!]))
    const moving = Object.keys(given).filter((name) => given[name]!.dtype === 'float32')
    const weights = new Map<string, NDArray>()
    const f = (values: readonly GraphTensor[]): GraphTensor => {
      const moved = Object.fromEntries(moving.map((name, i) => [name, values[i]!]))
      return Object.entries(model.apply({}, { ...given, ...moved }))
        .map(([name, output]): GraphTensor => {
          if (output.dtype !== 'float32') return array(0)
          const weight = weights.get(name) ?? fromFile(floats(output.shape as number[]))!
          weights.set(name, weight)
          return t.sum(t.mul(output, weight))
        })
        .reduce((a, b) => t.add(a, b))
    }
    const at = moving.map((name) => given[name]!)
    const gradients = grad(f as never)(at as never) as unknown as NDArray[]
    // A step that passes a kink says nothing; small ones hardly ever do three times.
    const gaps = [1e-3, 5e-4, 5e-4].map((step) => gapAlong(f, { at, gradients, step }))
    expect(Math.min(...gaps)).toBeLessThanOrEqual(1e-2)
    expect(gaps.every(Number.isFinite)).toBe(true)
  })
})

/** How far differences in a random direction are from the gradient, relative to the slope. */
function gapAlong(
  f: (values: readonly GraphTensor[]) => GraphTensor,
  given: { readonly at: readonly NDArray[]; readonly gradients: readonly NDArray[]; readonly step: number },
): number {
  const { at, gradients, step } = given
  const direction = at.map(({ shape }) => fromFile(floats(shape))!)
  const shifted = (size: number): number =>
    (f(at.map((x, i) => t.add(x, t.mul(direction[i]!, size)))) as NDArray).data[0]!
  const slope = (shifted(step) - shifted(-step)) / (2 * step)
  const found = gradients.reduce(
    (sum, gradient, i) => sum + (t.sum(t.mul(gradient, direction[i]!)) as NDArray).data[0]!,
    0,
  )
  return Math.abs(found - slope) / Math.max(1, Math.abs(slope))
}
