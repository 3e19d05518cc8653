// Files in the newest operator set: every primitive gives there what the reference gives. And what files say about themselves.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { primitiveCases, spread } from '../../../../test/support/primitive-cases.js'
import { type EngineChoice, inspectModel, openSession, type Tensor as OnnxTensor } from '../../onnx/index.js'
import { bindAll } from '../bind.js'
import {
  grad,
  importOnnx,
  type NDArray,
  scan,
  spec,
  t,
  type Tensor,
  toOnnx,
  trace,
  type Traced,
  writeOnnx,
} from '../index.js'

const newest = 26

/** What a file gives for arrays, in the order of its ports. */
async function runFile(
  bytes: Uint8Array | string,
  inputs: readonly NDArray[],
  engine: EngineChoice = 'native',
): Promise<OnnxTensor[]> {
  await using session = await openSession(bytes, { engine, ...(engine === 'native' ? { threads: 1 } : {}) })
  const feeds = session.inputs.map(({ name }, i) => {
    const { dtype, shape, data } = inputs[i]!
    return [name, { type: dtype, dims: shape, data }] as const
  })
  const results = await session.run(Object.fromEntries(feeds) as never)
  return session.outputs.map(({ name }) => results[name]!)
}

function expectClose(found: OnnxTensor, { dtype, shape, data }: NDArray): void {
  expect([found.type, found.dims]).toEqual([dtype, shape])
  // Sums of float32 in another order, and the runtime's own approximations.
  data.forEach((value, i) => {
    const other = Number(found.data[i])
    const close = Math.abs(other - value) <= 2e-5 * Math.max(1, Math.abs(value))
    expect(close || Object.is(other, value) || other === value).toBe(true)
  })
}

const ownTypes = new Set(['scan', 'whileLoop', 'call', 'cast'])

describe('the newest operator set', () => {
  it.each(primitiveCases)('has $title', async ({ primitive, inputs, params }) => {
    const given = ownTypes.has(primitive)
      ? inputs
      : inputs.map((x): NDArray => (x.dtype === 'float64' ? t.cast(x, 'float32') : x))
    const traced = trace(
      (values: unknown) => [...bindAll(primitive, values as Tensor[], params)],
      given as never,
    ) as Traced
    const bytes = toOnnx(traced, { operatorSet: newest })
    expect(inspectModel(bytes).opsets['ai.onnx']).toBe(newest)
    const expected = bindAll(primitive, given, params) as readonly NDArray[]
    const found = await runFile(bytes, given)
    expected.forEach((one, i) => expectClose(found[i]!, one))
  })

  it.each([18, 20, 21, 23, newest] as const)('%d runs in both builds of the runtime', async (operatorSet) => {
    const loss = (x: Tensor): Tensor => {
      const [, rows] = scan(
        (h: Tensor, row: Tensor) => [t.gelu(t.add(h, row)), t.softmax(h)] as const,
        t.at(x, 0),
        x,
      )
      const scaled = t.layerNorm(rows, { scale: t.onesLike(t.at(x, 0)), bias: t.at(x, 1) })
      return t.mean(t.square(t.sub(scaled, t.max(x, { axes: 0 }))))
    }
    const traced = trace((x: Tensor) => grad(loss)(x), spec('float32', [20, 4]) as never) as Traced
    const bytes = toOnnx(traced, { operatorSet })
    expect((inspectModel(bytes).operators['Gelu'] ?? 0) > 0).toBe(operatorSet >= 20)
    const x = spread([20, 4], -1, 1, 'float32')
    for (const engine of ['native', 'wasm'] as const) {
      const [found] = await runFile(bytes, [x], engine)
      expectClose(found!, grad(loss)(x) as NDArray)
    }
  })

  it('is a version that can be written', () => {
    const traced = trace((x) => t.exp(x), spec('float32', [2])) as Traced
    for (const operatorSet of [17, 27, 18.5])
      expect(() => toOnnx(traced, { operatorSet: operatorSet as never })).toThrow(
        /operatorSet is .*, expected a version from 18 to 26/,
      )
  })
})

describe('a file', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelwright-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const weight = spread([40, 30], -1, 1, 'float32')
  const traced = trace((x) => t.matmul(x, weight), spec('float32', ['batch', 40])) as Traced
  const about = { metadata: { author: 'Ada', url: 'https://example.org' }, docString: 'A product.' }

  it('says what it was told to say, and is asked for it', async () => {
    const bytes = toOnnx(traced, about)
    expect(inspectModel(bytes)).toMatchObject({ producer: 'modelwright', ...about })
    const model = await importOnnx(bytes)
    expect(model.about).toEqual({ producer: 'modelwright', ...about })
    expect((await importOnnx(model.toOnnx())).about).toEqual(model.about)
  })

  it('keeps large constants beside it, is imported by its path, and written again so', async () => {
    const path = join(folder, 'model.onnx')
    expect(await writeOnnx(path, traced, { ...about, externalAbove: 1000 })).toEqual([path, `${path}.data`])
    expect((await readFile(path)).length).toBeLessThan(1000)
    const x = spread([2, 40], -1, 1, 'float32')
    expectClose((await runFile(path, [x]))[0]!, t.matmul(x, weight) as NDArray)
    const model = await importOnnx(path)
    const [name] = Object.keys(model.parameters)
    expect(model.parameters[name!]!.data).toEqual(weight.data)
    const doubled = { [name!]: t.mul(weight, 2) as NDArray<'float32'> }
    const again = join(folder, 'again', 'model.onnx')
    expect(await model.write(again, doubled, { externalAbove: 1000 })).toEqual([again, `${again}.data`])
    expectClose((await runFile(again, [x]))[0]!, t.matmul(x, doubled[name!]!) as NDArray)
    expect((await importOnnx(again)).about.metadata).toEqual(about.metadata)
  })
})
