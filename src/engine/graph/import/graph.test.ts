// Whole graphs: arithmetic on sizes, functions, what is said of files that cannot be imported.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportedModel } from '../../../../test/support/exported-models.js'
import {
  expectArray,
  expectImport,
  floats,
  inner,
  modelBytes,
  type ModelSource,
  node,
  runtimeOutputs,
} from '../../../../test/support/onnx-models.js'
import { floatsOfHalves, FormatError, halvesOfFloats } from '../../../base/index.js'
import {
  decodeModel,
  floatAttribute,
  intsAttribute,
  stringsAttribute,
  tensor,
  tensorAttribute,
  writeModelFile,
} from '../../onnx/index.js'
import { encodeModel, toTensorProto } from '../../onnx/proto/index.js'
import {
  array,
  compile,
  grad,
  importOnnx,
  type NDArray,
  spec,
  t,
  type Tensor,
  toOnnx,
  trace,
} from '../index.js'

const ints = (values: readonly number[], dims?: readonly number[]) => tensor('int64', values, dims)
const expectModel = (source: ModelSource, tolerance?: number): Promise<void> =>
  expectImport(modelBytes(source), source.inputs, tolerance)

describe('sizes', () => {
  it('are computed while the file is read, with an open batch', async () => {
    // x.view(x.size(0), -1, 2) and x.expand(…) as PyTorch writes them.
    await expectModel({
      opset: 13,
      inputs: { x: floats([2, 3, 4]) },
      shapes: { x: ['batch', 3, 4] },
      constants: {
        zero: ints([0], []),
        axes: ints([0]),
        rest: ints([-1, 2]),
        two: ints([2], []),
        back: ints([-1]),
        one: ints([1]),
        three: ints([2, 3]),
      },
      nodes: [
        node('Shape', ['x'], ['shape']),
        node('Gather', ['shape', 'zero'], ['batch'], { axis: 0 }),
        node('Unsqueeze', ['batch', 'axes'], ['list']),
        node('Concat', ['list', 'rest'], ['target'], { axis: 0 }),
        node('Reshape', ['x', 'target'], ['view']),
        node('Mul', ['batch', 'two'], ['double']),
        node('Div', ['double', 'two'], ['single']),
        node('Unsqueeze', ['single', 'axes'], ['again']),
        node('Concat', ['again', 'back'], ['flat'], { axis: 0 }),
        node('Reshape', ['view', 'flat'], ['y']),
        node('Slice', ['shape', 'axes', 'one'], ['first']),
        node('Concat', ['first', 'one', 'one'], ['wide'], { axis: 0 }),
        node('Expand', ['one', 'wide'], ['ones']),
        node('Cast', ['ones'], ['z'], { to: 1 }),
        node('ConstantOfShape', ['wide'], ['c'], { value: tensorAttribute(tensor('float32', [3])) }),
      ],
      outputs: ['y', 'z', 'c'],
    })
  })

  it('choose between sizes as PyTorch does for expand', async () => {
    await expectModel({
      opset: 13,
      inputs: { x: floats([2, 1]) },
      shapes: { x: ['batch', 1] },
      constants: { minus: ints([-1, -1]), four: ints([4]), axes: ints([0]), one: ints([1]) },
      nodes: [
        node('Shape', ['x'], ['shape']),
        node('Slice', ['shape', 'axes', 'one'], ['batch']),
        node('Concat', ['batch', 'four'], ['wanted'], { axis: 0 }),
        node('Shape', ['wanted'], ['rank']),
        node('ConstantOfShape', ['rank'], ['ones'], { value: tensorAttribute(ints([1])) }),
        node('Equal', ['wanted', 'minus'], ['open']),
        node('Where', ['open', 'ones', 'wanted'], ['target']),
        node('Expand', ['x', 'target'], ['y']),
      ],
      outputs: ['y'],
    })
  })

  it('become numbers where the graph needs them', async () => {
    await expectModel({
      opset: 13,
      inputs: { x: floats([3, 4]) },
      shapes: { x: ['batch', 'length'] },
      constants: {
        zero: ints([0], []),
        one: ints([1], []),
        axis: ints([1]),
        first: ints([0]),
        table: floats([6, 4]),
      },
      nodes: [
        node('Shape', ['x'], ['shape']),
        node('Cast', ['shape'], ['sizes'], { to: 1 }),
        node('ReduceProd', ['sizes'], ['count'], { keepdims: 0 }),
        node('ReduceSum', ['x'], ['total'], { keepdims: 0 }),
        node('Div', ['total', 'count'], ['mean']),
        node('Gather', ['shape', 'one'], ['length'], { axis: 0 }),
        node('Range', ['zero', 'length', 'one'], ['places']),
        node('Unsqueeze', ['length', 'first'], ['end']),
        node('Slice', ['table', 'first', 'end', 'first'], ['rows']),
        node('MatMul', ['x', 'rows'], ['product']),
      ],
      outputs: ['shape', 'mean', 'places', 'product'],
    })
  })

  it('may be fixed when a file leaves them open', async () => {
    const source: ModelSource = {
      opset: 13,
      inputs: { image: floats([2, 1, 4, 4]) },
      shapes: { image: ['n', 1, 'height', 'width'] },
      constants: { w: floats([1, 1, 3, 3]) },
      nodes: [node('Conv', ['image', 'w'], ['y'])],
      outputs: ['y'],
    }
    await expect(importOnnx(modelBytes(source))).rejects.toThrow(
      /node 'Conv_y' \(Conv\): the spatial sizes of \[n, 1, height, width\] must be known\. Fix them with the option shapes/,
    )
    const model = await importOnnx(modelBytes(source), { shapes: { image: ['n', 1, 4, 4] } })
    expect(model.outputs).toEqual({ y: spec('float32', ['n', 1, 2, 2]) })
  })

  it('without a name are called after their input', async () => {
    const bytes = modelBytes({
      opset: 13,
      inputs: { x: floats([2, 1]), 'y:0': floats([2, 1]) },
      shapes: { x: ['unk__12', 'a + b'], 'y:0': ['', ''] },
      nodes: [node('Relu', ['x'], ['z']), node('Relu', ['y:0'], ['w'])],
      outputs: ['z', 'w'],
    })
    const { inputs } = await importOnnx(bytes)
    expect(inputs).toEqual({
      x: spec('float32', ['batch', 'size_a_b']),
      'y:0': spec('float32', ['batch', 'y_0_1']),
    })
  })
})

describe('files', () => {
  it('may define operators by others', async () => {
    const message = decodeModel(
      modelBytes({
        opset: 17,
        inputs: { x: floats([2, 3]) },
        nodes: [node('Twice', ['x'], ['y'], { domain: 'own', slope: floatAttribute(0.25) })],
        outputs: ['y'],
      }),
    )
    message.opsetImport!.push({ domain: 'own', version: 1 })
    message.functions = [
      {
        name: 'Twice',
        domain: 'own',
        input: ['a'],
        output: ['c'],
        attribute: ['slope'],
        opsetImport: [{ domain: '', version: 17 }],
        node: [
          {
            ...node('LeakyRelu', ['a'], ['b']),
            attribute: [{ name: 'alpha', type: 1, refAttrName: 'slope' }],
          },
          node('Add', ['b', 'b'], ['c']),
        ],
      },
    ]
    await expectImport(encodeModel(message), { x: floats([2, 3]) })
  })

  it('may hold numbers of 16 bits, which are written back as such', async () => {
    const w = Float32Array.of(0.5, -1.25, 3, 1e-7, 65519, -0.1)
    const half = tensor('float16', halvesOfFloats(w), [3, 2])
    const bytes = modelBytes({
      opset: 13,
      inputs: { x: floats([2, 3]) },
      constants: { w: half },
      nodes: [node('Cast', ['w'], ['wide'], { to: 1 }), node('MatMul', ['x', 'wide'], ['y'])],
      outputs: ['y'],
    })
    const model = await importOnnx(bytes)
    expect(Array.from(model.parameters['w']!.data)).toEqual([
      0.5, -1.25, 3, 1.1920928955078125e-7, 65504, -0.0999755859375,
    ])
    expect((await importOnnx(model.toOnnx())).parameters).toEqual(model.parameters)
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((bits) => (bits & 0x7c00) !== 0x7c00)
    expect(halvesOfFloats(floatsOfHalves(all))).toEqual(all)
  })

  it('may list constants among the inputs, and have inputs that nothing reads', async () => {
    const message = decodeModel(
      modelBytes({
        opset: 9,
        inputs: { x: floats([2, 3]), w: floats([3, 2]), unused: floats([1]) },
        nodes: [node('MatMul', ['x', 'w'], ['y'])],
        outputs: ['y'],
      }),
    )
    const w = floats([3, 2])
    message.graph!.initializer = [toTensorProto(w, 'w')]
    const model = await importOnnx(encodeModel(message))
    expect(Object.keys(model.inputs)).toEqual(['x', 'unused'])
    expect(model.parameters).toEqual({ w: { dtype: 'float32', shape: [3, 2], data: w.data } })
  })

  it('may be of text in part: such outputs are left out', async () => {
    const model = await importOnnx(exportedModel('LogisticRegression with labels of text').bytes)
    expect(model.omitted).toEqual(['output_label'])
    expect(Object.keys(model.outputs)).toEqual(['output_probability'])
  })

  it('join columns as converters do', async () => {
    const bytes = modelBytes({
      opset: 15,
      inputs: { a: floats([2, 1]), b: floats([2, 2]) },
      nodes: [
        node('FeatureVectorizer', ['a', 'b'], ['y'], {
          domain: 'ai.onnx.ml',
          inputdimensions: intsAttribute([1, 2]),
        }),
      ],
      outputs: ['y'],
    })
    await expectImport(bytes, { a: floats([2, 1]), b: floats([2, 2]) })
  })

  it('are functions inside of a trace, with gradients of inputs too', async () => {
    const { bytes, inputs } = exportedModel('CNN')
    const model = await importOnnx(bytes)
    const loss = (image: Tensor): Tensor => t.mean(t.square(Object.values(model.apply({}, { image }))[0]!))
    const expected = grad(loss)(inputs['image']!) as NDArray
    const traced = trace((image) => grad(loss)(image), spec('float32', ['batch', 2, 6, 6]))
    await using compiled = await compile(traced)
    expectArray((await compiled.run(inputs['image'] as never)) as NDArray, expected, 1e-5)
    // Names of nodes stand in the graph, for profiles.
    expect(model.traced.graph.nodes.map(({ scope }) => scope)).toContain('/classifier/Gemm')
    expect(toOnnx(model.traced).length).toBeGreaterThan(0)
  })
})

describe('what cannot be imported is said', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelwright-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  const faulty = (source: Partial<ModelSource>): Promise<unknown> =>
    importOnnx(modelBytes({ opset: 13, inputs: { x: floats([2, 3]) }, nodes: [], outputs: ['y'], ...source }))

  it('all operators at once, with how often and where', async () => {
    const nodes = [
      node('NonMaxSuppression', ['x'], ['a']),
      node('Det', ['a'], ['b']),
      node('Det', ['b'], ['c']),
      node('TreeEnsembleRegressor', ['c'], ['d'], { domain: 'ai.onnx.ml' }),
      node('If', ['d'], ['y'], {
        then_branch: inner({ node: [node('StringNormalizer', ['x'], ['e'])] }, ['e']),
        else_branch: inner({ node: [node('Relu', ['x'], ['f'])] }, ['f']),
      }),
      // Nothing depends on it.
      node('RandomNormal', [], ['unused']),
    ]
    await expect(faulty({ nodes })).rejects.toThrow(
      /4 operators cannot .*: Det \(2 ×, at 'Det_b' \(Det\), 'Det_c' \(Det\)\); NonMaxSuppression \(1 ×, .*\); StringNormalizer .*; ai\.onnx\.ml\.TreeEnsembleRegressor \(1 ×.*openSession/,
    )
    const error = await faulty({ nodes }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(FormatError)
    expect((error as FormatError).details['operators']).toHaveLength(4)
    expect(String((error as Error).message)).not.toContain('RandomNormal')
  })

  it('nodes whose sizes do not go together, attributes and inputs that have no operation', async () => {
    const constants = { w: floats([4, 2]), i: ints([0, 1]), places: ints([0, 1], [2, 1]), u: floats([2, 2]) }
    const of = (...nodes: ModelSource['nodes']) => faulty({ nodes, constants })
    await expect(of(node('MatMul', ['x', 'w'], ['y']))).rejects.toThrow(
      /^ONNX model, node 'MatMul_y' \(MatMul\): matmul\(float32\[2, 3\], float32\[4, 2\]\)/,
    )
    await expect(of(node('Cast', ['x'], ['y'], { to: 8 }))).rejects.toThrow(/element type 8 \(text\?\)/)
    await expect(of(node('Reshape', ['x', 'x'], ['y']))).rejects.toThrow(
      /input 1 must be known when the file is read/,
    )
    await expect(of(node('Relu', ['missing'], ['y']))).rejects.toThrow(/input 0 is missing, or is text/)
    await expect(of(node('Relu', ['x'], ['z']))).rejects.toThrow(/nothing gives the output 'y'/)
    await expect(of(node('ScatterND', ['w', 'places', 'u'], ['y'], { reduction: 'max' }))).rejects.toThrow(
      /the reduction 'max' has no operation here/,
    )
  })

  it('integers that are wider than those of graphs', async () => {
    const constants = { i: tensor('int64', [1n, 2n ** 40n]), unused: tensor('int64', [2n ** 40n]) }
    const shape = node('Shape', ['x'], ['s'])
    await expect(faulty({ nodes: [shape, node('Mul', ['s', 'i'], ['y'])], constants })).rejects.toThrow(
      /ONNX tensor 'i': element 1 is 1099511627776, an int64 that does not fit into 32 bits/,
    )
    await expect(faulty({ nodes: [node('Shape', ['x'], ['y'])], constants })).resolves.toBeDefined()
  })

  it('inputs of text, sizes that no input has, and operators that are too old', async () => {
    await expect(
      faulty({ inputs: { x: tensor('string', ['a']) }, nodes: [node('Identity', ['x'], ['y'])] }),
    ).rejects.toThrow(/the input 'x' is text/)
    await expect(faulty({ opset: 6 })).rejects.toThrow(
      /version 6 of the operators, expected 7 to 26.*version_converter/,
    )
    await expect(faulty({ opset: 27 })).rejects.toThrow(/version 27 of the operators, expected 7 to 26/)
    await expect(
      faulty({
        nodes: [
          node('LinearClassifier', ['x'], ['l', 'y'], {
            domain: 'ai.onnx.ml',
            classlabels_strings: stringsAttribute(['a']),
          }),
        ],
      }),
    ).rejects.toThrow(/the coefficients are missing/)
  })

  it('values and inputs that a model does not take', async () => {
    const model = await importOnnx(exportedModel('MLP').bytes)
    const x = array([[1, 2, 3, 4]])
    expect(() => model.apply({}, {})).toThrow(/the input 'x' is missing; the model takes x/)
    expect(() => model.apply({}, { x, z: x })).toThrow(/there is no input 'z'/)
    expect(() => model.apply({}, { x: array([1, 2]) })).toThrow(
      /the input 'x' is float32\[2\], expected float32\[batch, 4\]/,
    )
    expect(() => model.apply({ weight: x }, { x })).toThrow(/no parameter 'weight'; it has 0\.weight/)
    expect(() => model.toOnnx({ '0.bias': array([1]) as NDArray<'float32'> })).toThrow(
      /the parameter '0\.bias' is float32\[1\], expected float32\[8\]/,
    )
  })

  it('files of other formats, with the call that exports them', async () => {
    await mkdir(join(folder, 'saved'))
    await writeFile(join(folder, 'saved', 'saved_model.pb'), '')
    await expect(importOnnx('model.pt')).rejects.toThrow(
      /'model\.pt' is a PyTorch file.*torch\.onnx\.export\(/,
    )
    await expect(importOnnx('model.PTH')).rejects.toThrow(/torch\.onnx\.export\(/)
    await expect(importOnnx('pytorch_model.bin')).rejects.toThrow(/is a PyTorch file/)
    await expect(importOnnx('model.safetensors')).rejects.toThrow(
      /is a safetensors file, weights without a graph \(openSafetensors reads them\), expected an ONNX file/,
    )
    await expect(importOnnx(Uint8Array.of(0x80, 4, 0x95))).rejects.toThrow(/the bytes are a Python pickle/)
    await expect(importOnnx('model.h5')).rejects.toThrow(/tf2onnx\.convert\.from_keras/)
    await expect(importOnnx('model.keras')).rejects.toThrow(/model\.export\('model\.onnx', format='onnx'\)/)
    await expect(importOnnx('model.pkl')).rejects.toThrow(/skl2onnx\.to_onnx/)
    await expect(importOnnx(join(folder, 'saved'))).rejects.toThrow(
      /SavedModel folder.*python -m tf2onnx\.convert --saved-model/,
    )
    await expect(importOnnx(Uint8Array.of(0x50, 0x4b, 3, 4, 0))).rejects.toThrow(
      /the bytes are a ZIP archive.*torch\.onnx/,
    )
    await writeFile(join(folder, 'renamed.onnx'), Uint8Array.of(0x50, 0x4b, 3, 4, 0))
    await expect(importOnnx(join(folder, 'renamed.onnx'))).rejects.toThrow(
      /renamed\.onnx' is a ZIP archive.*torch\.onnx/,
    )
    await expect(importOnnx(join(folder, 'none.onnx'))).rejects.toThrow(/There is no readable ONNX model/)
  })

  it('damaged bytes, with the position', async () => {
    const { bytes } = exportedModel('CNN')
    const error = await importOnnx(bytes.subarray(0, bytes.length - 100)).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(FormatError)
    expect((error as FormatError).details['position']).toBeLessThan(bytes.length)
  })

  it('constants in other files, which are found by the path', async () => {
    const { bytes, fed } = exportedModel('LSTM')
    const path = join(folder, 'external.onnx')
    const large = decodeModel(bytes)
    large.graph!.initializer!.push(toTensorProto(floats([40, 40]), 'large'))
    await writeModelFile(path, large, { externalAbove: 10 })
    const model = await importOnnx(path)
    expect(await runtimeOutputs(model.toOnnx(), fed)).toEqual(await runtimeOutputs(bytes, fed))
    const references = await import('node:fs/promises').then(({ readFile }) => readFile(path))
    await expect(importOnnx(references)).rejects.toThrow(/Import it by its path/)
  })
})
