// Branches and loops of files: what the import gives is what the runtime gives.
import { describe, expect, it } from 'vitest'
import {
  expectImport,
  floats,
  inner,
  modelBytes,
  type ModelSource,
  node,
} from '../../../../test/support/onnx-models.js'
import { intsAttribute, tensor } from '../../onnx/index.js'
import type { GraphProto, NodeProto } from '../../onnx/proto/index.js'

const ints = (values: readonly number[], dims?: readonly number[]) => tensor('int64', values, dims)
const expectModel = (source: ModelSource, tolerance?: number): Promise<void> =>
  expectImport(modelBytes(source), source.inputs, tolerance)

const bool = (value: number) => tensor('bool', [value], [])
describe('control flow', () => {
  const branches = {
    then_branch: inner({ node: [node('Relu', ['x'], ['a'])] }, ['a']),
    else_branch: inner({ node: [node('Neg', ['x'], ['b'])] }, ['b']),
  }

  it.each([0, 1])('a branch is taken by what is known: %i', async (condition) => {
    await expectModel({
      opset: 13,
      inputs: { x: floats([2, 3]) },
      shapes: { x: ['batch', 3] },
      constants: { condition: bool(condition) },
      nodes: [node('If', ['condition'], ['y'], branches)],
      outputs: ['y'],
    })
  })

  it.each([-1, 1])('or by data, when both give the same shape: %d', async (first) => {
    await expectModel({
      opset: 13,
      inputs: { x: tensor('float32', [first, 2, -3]) },
      constants: { zero: tensor('float32', [0], []), axis: ints([0], []) },
      nodes: [
        node('Gather', ['x', 'axis'], ['first']),
        node('Less', ['first', 'zero'], ['condition']),
        node('If', ['condition'], ['y'], branches),
      ],
      outputs: ['y'],
    })
  })

  it('loops are written out', async () => {
    const port = (name: string, elemType: number, sizes: readonly number[] = []) => ({
      name,
      type: { tensorType: { elemType, shape: { dim: sizes.map((dimValue) => ({ dimValue })) } } },
    })
    const body: GraphProto = {
      name: 'body',
      node: [
        node('Mul', ['h', 'x'], ['next']),
        node('Identity', ['go'], ['again']),
        node('Cast', ['i'], ['step'], { to: 1 }),
        node('Add', ['next', 'step'], ['row']),
      ],
      input: [port('i', 7), port('go', 9), port('h', 1, [3])],
      output: [port('again', 9), port('next', 1, [3]), port('row', 1, [3])],
    }
    await expectModel({
      opset: 13,
      inputs: { x: floats([3]) },
      constants: { turns: ints([4], []), go: bool(1), start: tensor('float32', [1, 2, 3]) },
      nodes: [node('Loop', ['turns', 'go', 'start'], ['last', 'rows'], { body: { graph: body } })],
      outputs: ['last', 'rows'],
    })
  })

  it('long loops stay loops, and so do those that data end', async () => {
    const port = (name: string, elemType: number) => ({ name, type: { tensorType: { elemType } } })
    const single = (name: string, elemType: number) => ({
      name,
      type: { tensorType: { elemType, shape: { dim: [] } } },
    })
    const body = (condition: readonly NodeProto[], stacks: boolean): GraphProto => ({
      name: 'body',
      node: [
        node('Cast', ['i'], ['step'], { to: 1 }),
        node('Mul', ['step', 'small'], ['part']),
        node('Add', ['h', 'part'], ['sum']),
        node('Sin', ['sum'], ['next']),
        ...condition,
      ],
      input: [single('i', 7), single('go', 9), port('h', 1)],
      output: [single('again', 9), port('next', 1), ...(stacks ? [port('sum', 1)] : [])],
    })
    const always = [node('Identity', ['go'], ['again'])]
    const untilSmall = [
      node('ReduceMax', ['next'], ['most'], { keepdims: 0 }),
      node('Less', ['most', 'limit'], ['again']),
    ]
    const common = {
      opset: 13,
      inputs: { x: floats([3], 0.1, 0.3) },
      constants: {
        turns: ints([150], []),
        few: ints([5], []),
        go: bool(1),
        stop: bool(0),
        small: tensor('float32', [0.01], []),
        limit: tensor('float32', [0.9], []),
      },
    }
    const looped = (inputs: readonly string[], graph: GraphProto, outputs: readonly string[]) =>
      expectModel({
        ...common,
        nodes: [node('Loop', [...inputs, 'x'], outputs, { body: { graph } })],
        outputs,
      })
    await looped(['turns', 'go'], body(always, true), ['last', 'rows'])
    await looped(['turns', ''], body(always, false), ['last'])
    await looped(['', 'go'], body(untilSmall, false), ['last'])
    await looped(['few', 'go'], body(untilSmall, false), ['last'])
    await looped(['turns', 'stop'], body(untilSmall, false), ['last'])
    await expect(looped(['turns', 'go'], body(untilSmall, true), ['last', 'rows'])).rejects.toThrow(
      /how often it turns depends on data, so that what it stacks has no known length/,
    )
  })

  it('scans along any axis, of a length that is a name, in either direction', async () => {
    const port = (name: string) => ({ name, type: { tensorType: { elemType: 1 } } })
    const body: GraphProto = {
      name: 'body',
      node: [node('Add', ['h', 'row'], ['next']), node('Tanh', ['next'], ['y'])],
      input: [port('h'), port('row')],
      output: [port('next'), port('y')],
    }
    for (const direction of [0, 1])
      await expectModel({
        opset: 13,
        inputs: { x: floats([3, 100]) },
        shapes: { x: [3, 'time'] },
        constants: { start: tensor('float32', [1, 2, 3]) },
        nodes: [
          node('Scan', ['start', 'x'], ['last', 'rows'], {
            body: { graph: body },
            num_scan_inputs: 1,
            scan_input_axes: intsAttribute([1]),
            scan_output_axes: intsAttribute([-1]),
            scan_input_directions: intsAttribute([direction]),
            scan_output_directions: intsAttribute([1 - direction]),
          }),
        ],
        outputs: ['last', 'rows'],
      })
  })

  it('scans too', async () => {
    const port = (name: string) => ({ name, type: { tensorType: { elemType: 1 } } })
    const body: GraphProto = {
      name: 'body',
      node: [node('Add', ['h', 'row'], ['next']), node('Tanh', ['next'], ['y'])],
      input: [port('h'), port('row')],
      output: [port('next'), port('y')],
    }
    for (const direction of [0, 1])
      await expectModel({
        opset: 13,
        inputs: { x: floats([4, 3]) },
        constants: { start: tensor('float32', [1, 2, 3]) },
        nodes: [
          node('Scan', ['start', 'x'], ['last', 'rows'], {
            body: { graph: body },
            num_scan_inputs: 1,
            scan_input_directions: intsAttribute([direction]),
            scan_output_directions: intsAttribute([direction]),
          }),
        ],
        outputs: ['last', 'rows'],
      })
  })
})
