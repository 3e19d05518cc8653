// Every operator, in the forms that it had: the import gives what the runtime gives for the same bytes.
import { describe, expect, it } from 'vitest'
import { modelBytes, node, expectImport } from '../../../../test/support/onnx-models.js'
import type { OperatorCase } from '../../../../test/support/operator-case.js'
import { operatorCases } from '../../../../test/support/operator-cases.js'
import type { Tensor } from '../../onnx/index.js'
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
