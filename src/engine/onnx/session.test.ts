import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import {
  DataError,
  FormatError,
  UsageError,
  InvalidOptionError,
  NotFoundError,
  SchemaMismatchError,
  ShapeError,
} from '../../base/index.js'
import {
  add,
  engineStatus,
  gather,
  graphBuilder,
  openSession,
  type Tensor,
  tensor,
  type TensorType,
} from './index.js'

const samples: { readonly [Type in TensorType]: readonly (number | bigint | string)[] } = {
  float64: [1.5, Number.NaN, -Infinity],
  float32: [1, Number.NaN, 0.5],
  float16: [0x3c00, 0, 0xbc00],
  int64: [1n, -(2n ** 63n), 2n ** 53n + 1n],
  int32: [1, -2, 2 ** 31 - 1],
  int16: [1, -2, 32767],
  int8: [1, -2, 127],
  uint64: [1n, 2n ** 64n - 1n, 0n],
  uint32: [1, 2 ** 32 - 1, 0],
  uint16: [1, 65535, 0],
  uint8: [1, 255, 0],
  bool: [0, 1, 1],
  string: ['å', '', '🙂 with a space'],
}
const types = Object.keys(samples) as TensorType[]

function sumModel(): Uint8Array {
  const g = graphBuilder({ name: 'sum' })
  const a = g.input('age', 'float64', ['N', 1])
  const b = g.input('income', 'float64', ['N', 1])
  g.output('sum', add(g, a, b), 'float64', ['N', 1])
  return g.build()
}

const column = (...values: number[]): Tensor => tensor('float64', values, [values.length, 1])

describe.each(['native', 'wasm'] as const)('session on %s', (engine) => {
  it('writes results into the arrays given, run after run', async () => {
    const g = graphBuilder({ name: 'sums' })
    const x = g.input('x', 'float32', ['N'])
    g.output('y', add(g, x, x), 'float32', ['N'])
    g.output('sum', g.node('ReduceSum', [x], { keepdims: 0 }), 'float32', [])
    await using session = await openSession(g.build(), { engine })
    const [given, y, sum] = [Float32Array.of(1, 2, 3), new Float32Array(3), new Float32Array(1)]
    const run = session.bind(
      { x: { type: 'float32', dims: [3], data: given } },
      { y: { type: 'float32', dims: [3], data: y }, sum: { type: 'float32', dims: [], data: sum } },
    )
    await run()
    expect([...y, ...sum]).toEqual([2, 4, 6, 6])
    given[0] = 10
    await run()
    expect([...y, ...sum]).toEqual([20, 4, 6, 15])
  })

  it('carries every element type both ways, also without rows', async () => {
    const g = graphBuilder({ name: 'echo' })
    for (const type of types) g.output(`${type} out`, g.input(type, type, ['N', 1]), type, ['N', 1])
    await using session = await openSession(g.build(), { engine })
    expect(session.engine).toBe(engine)
    expect(session.note).toBeUndefined()
    expect(session.inputs.find((port) => port.name === 'bool')).toEqual({
      name: 'bool',
      type: 'bool',
      shape: ['N', 1],
    })
    for (const rows of [3, 1, 0]) {
      const feed = (type: TensorType): Tensor =>
        tensor(type, samples[type].slice(0, rows) as never, [rows, 1]) as Tensor
      const out = await session.run(Object.fromEntries(types.map((type) => [type, feed(type)])))
      for (const type of types) expect(out[`${type} out`]).toEqual(feed(type))
    }
  })

  it('runs calls that overlap, in several sessions', async () => {
    await using one = await openSession(sumModel(), { engine })
    await using two = await openSession(sumModel(), { engine })
    const sums = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const out = await (i % 2 ? one : two).run({ age: column(i, 1), income: column(i, 2) })
        return Array.from(out['sum']!.data as Float64Array)
      }),
    )
    expect(sums).toEqual(Array.from({ length: 40 }, (_, i) => [2 * i, 3]))
  })

  it('waits for running calls before it closes, and refuses later ones', async () => {
    const session = await openSession(sumModel(), { engine })
    const running = session.run({ age: column(1), income: column(2) })
    await session.close()
    await session.close()
    expect((await running)['sum']!.data).toEqual(Float64Array.of(3))
    await expect(session.run({ age: column(1), income: column(2) })).rejects.toThrow(UsageError)
  })

  it('names what does not fit', async () => {
    await using session = await openSession(sumModel(), { engine })
    const failure = (feeds: Record<string, Tensor>) => session.run(feeds).catch((error: unknown) => error)
    const missing = await failure({ age: column(1), incom: column(1) })
    expect(missing).toBeInstanceOf(SchemaMismatchError)
    expect(missing).toMatchObject({ details: { missing: ['income'], unexpected: ['incom'], changed: [] } })
    expect(String(missing)).toContain("unknown 'incom' (did you mean 'income'?)")
    const changed = await failure({ age: tensor('string', ['x'], [1, 1]), income: column(1) })
    expect(changed).toMatchObject({
      code: 'schema-mismatch',
      details: { changed: [{ name: 'age', expected: 'float64', received: 'string' }] },
    })
    expect(await failure({ age: column(1), income: column(1), more: column(1) })).toMatchObject({
      details: { unexpected: ['more'] },
    })
    const shapes = [
      { age: tensor('float64', [1], [1]), income: column(1) },
      { age: tensor('float64', [1, 2], [1, 2]), income: column(1) },
      { age: column(1, 2), income: column(1) },
      { age: column(1), income: { type: 'float64', dims: [1, 1], data: new Float64Array(2) } as const },
    ]
    for (const feeds of shapes) expect(await failure(feeds)).toBeInstanceOf(ShapeError)
    // The session still works.
    expect((await session.run({ age: column(1), income: column(2) }))['sum']!.data).toEqual(
      Float64Array.of(3),
    )
  })

  it('tells what an operator refused, and goes on', async () => {
    const g = graphBuilder({ name: 'pick' })
    const at = g.input('at', 'int64', ['N'])
    const table = g.initializer('table', tensor('float64', [1, 2]))
    g.output('y', gather(g, table, { indices: at, axis: 0 }), 'float64', ['N'])
    await using session = await openSession(g.build(), { engine })
    await expect(session.run({ at: tensor('int64', [9]) })).rejects.toThrow(DataError)
    expect((await session.run({ at: tensor('int64', [1]) }))['y']!.data).toEqual(Float64Array.of(2))
  })

  it('reads damaged bytes as a format error with a position', async () => {
    const bytes = sumModel()
    const damaged = [
      new Uint8Array(),
      new Uint8Array(10),
      new TextEncoder().encode('age,income\n1,2\n'),
      bytes.subarray(0, bytes.length - 7),
      Uint8Array.from(bytes, (byte, i) => (i === 20 ? 255 : byte)),
    ]
    for (const bad of damaged) {
      await expect(openSession(bad, { engine })).rejects.toThrow(FormatError)
    }
    const error = await openSession(bytes.subarray(0, 20), { engine }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'format',
      details: { length: 20, position: expect.any(Number) as number },
    })
    const g = graphBuilder({ name: 'unknown operator' })
    g.output('y', g.node('NoSuchOperator', [g.input('x', 'float64', [1])]), 'float64', [1])
    await expect(openSession(g.build(), { engine })).rejects.toThrow('the runtime cannot load it')
  })

  it('opens a path, and says so when there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'modelwright-'))
    try {
      await writeFile(join(folder, 'sum.onnx'), sumModel())
      await using session = await openSession(join(folder, 'sum.onnx'), { engine })
      expect(session.outputs).toEqual([{ name: 'sum', type: 'float64', shape: ['N', 1] }])
      await expect(openSession(join(folder, 'none.onnx'), { engine })).rejects.toThrow(NotFoundError)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('opens nothing once aborted', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(openSession(sumModel(), { engine, signal })).rejects.toThrow('stop')
  })
})

describe('the choice of the engine', () => {
  it('follows the environment, and the caller before it', async () => {
    vi.stubEnv('MODELWRIGHT_ENGINE', 'wasm')
    try {
      expect((await openSession(sumModel())).engine).toBe('wasm')
      expect((await openSession(sumModel(), { engine: 'native' })).engine).toBe('native')
      vi.stubEnv('MODELWRIGHT_ENGINE', 'gpu')
      await expect(openSession(sumModel())).rejects.toThrow(InvalidOptionError)
      expect(await engineStatus()).toMatchObject({
        inUse: undefined,
        note: expect.stringContaining('gpu') as string,
      })
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('is told with versions', async () => {
    const status = await engineStatus()
    expect(status.engines.map(({ name, version }) => [name, version])).toEqual([
      ['native', '1.30.0'],
      ['wasm', '1.30.0'],
    ])
  })
})
