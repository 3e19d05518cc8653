// What NumPy users reach for: at once on arrays as NumPy answers (test/golden/arrays.py), and inside of a trace as at once.
import { describe, expect, it } from 'vitest'
import golden from '../../../../test/golden/arrays.json' with { type: 'json' }
import { spread } from '../../../../test/support/primitive-cases.js'
import {
  allClose,
  arange,
  array,
  compile,
  type DType,
  eye,
  grad,
  linalg,
  linspace,
  type NDArray,
  spec,
  t,
  type Tensor,
  trace,
  type Traced,
  vmap,
} from '../index.js'

interface Packed {
  readonly shape: readonly number[]
  readonly values: readonly (number | boolean)[]
}
interface GoldenCase {
  readonly name: string
  readonly operands: readonly Packed[]
  readonly results: readonly Packed[]
  readonly equation?: string
  readonly args?: readonly unknown[]
  readonly options?: Readonly<Record<string, unknown>>
  readonly dtype?: DType
  readonly text?: string
}

const cases = (golden.cases as readonly GoldenCase[]).map((one) => ({
  ...one,
  title: `${one.name} ${one.equation ?? JSON.stringify(one.text ?? one.args ?? one.options ?? '')} of ${one.operands.map(({ shape }) => `[${shape.join(', ')}]`).join(' and ')}`,
}))

const unpack = ({ shape, values }: Packed, dtype: DType = 'float64'): NDArray =>
  array(values.map(Number), { dtype, shape })

/** Options as JSON has them. */
const optionsOf = ({ options }: GoldenCase): readonly unknown[] =>
  options === undefined
    ? []
    : [
        Object.fromEntries(
          Object.entries(options).map(([key, value]) => [
            key,
            value === 'inf' ? Infinity : value === '-inf' ? -Infinity : value,
          ]),
        ),
      ]

type Operation = (...args: unknown[]) => unknown

const callOf =
  (one: GoldenCase) =>
  (operands: readonly Tensor[]): Tensor =>
    one.name === 'einsum'
      ? t.einsum(one.equation!, ...operands)
      : ((t as unknown as Record<string, Operation>)[one.name]!(
          ...operands,
          ...(one.args ?? []),
          ...optionsOf(one),
        ) as Tensor)

function expectClose(found: unknown, expected: NDArray, tolerance: number): void {
  const { shape, data } = found as NDArray
  expect(shape).toEqual(expected.shape)
  // Relative to the largest: sums in another order.
  const scale = Array.from(expected.data).reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  data.forEach((value, i) =>
    expect(Math.abs(value - expected.data[i]!)).toBeLessThanOrEqual(tolerance * scale),
  )
}

const traced = cases.filter(({ name }) => name in t)

describe('on arrays, as NumPy', () => {
  it.each(traced)('$title', (one) => {
    const found = callOf(one)(one.operands.map((operand) => unpack(operand, one.dtype)))
    expectClose(found, unpack(one.results[0]!), 1e-11)
  })
})

describe('inside of a trace, in the runtime, as at once', () => {
  it.each(traced)('$title', async (one) => {
    const operands = one.operands.map((operand) => unpack(operand, one.dtype ?? 'float32'))
    const graph = trace(
      (given: unknown) => callOf(one)(given as Tensor[]),
      operands.map(({ dtype, shape }) => spec(dtype, shape)) as never,
    ) as Traced
    await using compiled = await compile(graph, { threads: 1 })
    const found = await compiled.run(operands as never)
    // float32; of the quotients of differences and tan, digits are lost before.
    expectClose(found, callOf(one)(operands) as NDArray, 2e-5)
  })
})

const smooth = traced.filter(
  ({ name, dtype, options }) =>
    dtype === undefined &&
    !['argSort', 'argMin', 'floorDivide'].includes(name) &&
    // What is counted has no slope.
    options?.['order'] !== 0,
)

describe('gradients are those of differences, and a batch is many of one', () => {
  it.each(smooth)('$title', (one) => {
    const at = one.operands.map((operand) => unpack(operand))
    const call = callOf(one)
    const weight = spread((call(at) as NDArray).shape)
    const f = (...values: Tensor[]): Tensor => t.sum(t.mul(call(values), weight))
    const direction = at.map(({ shape }) => spread(shape, -1, 1))
    const step = 1e-6
    const moved = (size: number): number =>
      (f(...at.map((x, i) => t.add(x, t.mul(direction[i]!, size)))) as NDArray).data[0]!
    const slope = (moved(step) - moved(-step)) / (2 * step)
    const found = at.reduce((total, _, i) => {
      const own = grad(f, { argument: i })(...at)
      return total + (t.sum(t.mul(own, direction[i]!)) as NDArray).data[0]!
    }, 0)
    // Differences of this step are right to about eight digits.
    expect(Math.abs(found - slope)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(slope)))
    const two = at.map((x) => t.stack([x, t.mul(x, 0.5)]))
    const many = vmap((...values: Tensor[]) => call(values))(...two)
    expectClose(many, t.stack([0, 1].map((i) => call(two.map((x) => t.at(x, i))))) as NDArray, 1e-11)
  })
})

describe('einsum', () => {
  const ones = (...shape: number[]): NDArray =>
    t.add(array(1), array(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape }))

  it.each([
    [
      'ij,jk->ik',
      [ones(2, 3), ones(4, 2)],
      /^einsum\('ij,jk->ik', float32\[2, 3\], float32\[4, 2\]\) at .*numpy\.test\.ts:\d+:\d+: operand 1, float32\[4, 2\], has 4 along 'j', which is 3 elsewhere/,
    ],
    ['ij->ij', [ones(3)], /operand 0, float32\[3\], has 1 axes, but 'ij' names 2/],
    ['i,j', [ones(3)], /it has 2 terms for 1 operands/],
    ['i->k', [ones(3)], /the output 'k' names 'k', which no operand has/],
    ['ij->ii', [ones(3, 3)], /the output 'ii' names 'i' twice/],
    ['i2->i', [ones(3, 3)], /operand 0, .* 'i2' has '2', expected letters/],
    ['i->i->i', [ones(3)], /expected one arrow/],
    ['...i...->i', [ones(3)], /two ellipses/],
    ['...i->i', [ones(2, 3)], /has no '...' for the axes/],
    ['ii', [ones(2, 3)], /operand 0, float32\[2, 3\], has 3 along 'i', which is 2 elsewhere/],
  ] as const)('%s is told what is wrong', (equation, operands, message) => {
    expect(() => t.einsum(equation, ...operands)).toThrow(message)
  })

  it('multiplies a long chain from where it is thin', () => {
    const graph = trace(({ a, b, c }) => t.einsum('ij,jk,kl->il', a, b, c), {
      a: spec('float32', [200, 2]),
      b: spec('float32', [2, 200]),
      c: spec('float32', [200, 3]),
    }).graph
    const products = graph.nodes.filter(({ primitive }) => primitive === 'matmul')
    expect(products.map(({ outputs }) => outputs[0]!.shape)).toEqual([
      [2, 3],
      [200, 3],
    ])
  })

  it('takes sizes that are names, and more operands than are compared', async () => {
    const graph = trace(({ q, k }) => t.einsum('bqhd,bkhd->bhqk', q, k), {
      q: spec('float32', ['batch', 3, 2, 4]),
      k: spec('float32', ['batch', 'length', 2, 4]),
    })
    expect(graph.graph.outputs[0]!.shape).toEqual(['batch', 2, 3, 'length'])
    await using compiled = await compile(graph, { threads: 1 })
    const given = { q: spread([2, 3, 2, 4], -1, 1, 'float32'), k: spread([2, 5, 2, 4], -1, 1, 'float32') }
    expectClose(await compiled.run(given as never), t.einsum('bqhd,bkhd->bhqk', given.q, given.k), 1e-5)
    const chain = Array.from({ length: 10 }, () => spread([3, 3], -1, 1))
    const equation = `${chain.map((_, i) => 'abcdefghijk'.slice(i, i + 2)).join(',')}->ak`
    expectClose(
      t.einsum(equation, ...chain),
      chain.reduce((x, y) => t.matmul(x, y)),
      1e-11,
    )
  })

  it('multiplies whole numbers', () => {
    const x = array([1, 2, 3, 4], { dtype: 'int32', shape: [2, 2] })
    expect(t.einsum('ij,jk->ik', x, x)).toEqual(array([7, 10, 15, 22], { dtype: 'int32', shape: [2, 2] }))
  })
})

describe('linalg', () => {
  const own = linalg as unknown as Record<string, Operation>
  const solved = cases.filter(({ name }) => !(name in t))

  it.each(solved)('$title', ({ name, operands, results }) => {
    const found = own[name]!(...operands.map((operand) => unpack(operand)))
    const parts = {
      qr: ({ r }: { r: NDArray }) => [t.abs(r)],
      svd: ({ s }: { s: NDArray }) => [s],
      eigh: ({ values }: { values: NDArray }) => [values],
      lstsq: ({ x }: { x: NDArray }) => [x],
      logDet: ({ sign, log }: { sign: NDArray; log: NDArray }) => [sign, log],
    } as unknown as Record<string, (found: unknown) => NDArray[]>
    const list = parts[name]?.(found) ?? [found as NDArray]
    results.forEach((result, i) => expectClose(list[i], unpack(result), 1e-10))
  })

  it('gives factors whose products are the matrices again', () => {
    for (const shape of [
      [6, 4],
      [4, 6],
      [2, 3, 5, 5],
    ]) {
      const a = spread(shape)
      const { q, r } = linalg.qr(a)
      expectClose(t.matmul(q, r), a, 1e-12)
      expectClose(
        t.matmul(q, q, { transposeA: true }),
        t.broadcastTo(eye(q.shape.at(-1)!, q.shape.at(-1)!, 'float64'), [
          ...q.shape.slice(0, -2),
          q.shape.at(-1)!,
          q.shape.at(-1)!,
        ]) as NDArray,
        1e-12,
      )
      const { u, s, vh } = linalg.svd(a)
      expectClose(t.matmul(t.mul(u, t.expandDims(s, -2)), vh), a, 1e-12)
    }
    const x = spread([3, 4, 4])
    const symmetric = t.add(x, t.swapAxes(x, 1, 2))
    const { values, vectors } = linalg.eigh(symmetric)
    expectClose(t.matmul(symmetric, vectors), t.mul(vectors, t.expandDims(values, -2)), 1e-12)
  })

  it('keeps the element type, and takes lists', () => {
    expect(linalg.inverse([[2]]).dtype).toBe('float32')
    expect(linalg.solve(array([2], { shape: [1, 1] }), array(Float64Array.of(4))).dtype).toBe('float64')
    expect(linalg.det(array([3], { dtype: 'int32', shape: [1, 1] }))).toEqual(array(3, { dtype: 'float64' }))
  })

  it('says what cannot be', () => {
    expect(() => trace((x) => linalg.inverse(x), spec('float32', [2, 2]))).toThrow(
      /^linalg\.inverse: it works on arrays at once, in float64, and not inside of a traced function at .*numpy\.test\.ts:\d+:\d+: ONNX has no operator/,
    )
    expect(() => linalg.det([[1, 2]])).toThrow(/linalg\.det\(\[1, 2\]\) at .*: expected square matrices/)
    expect(() => linalg.qr([1, 2])).toThrow(/expected two axes at least/)
    expect(() =>
      linalg.solve(
        [
          [1, 2],
          [2, 4],
        ],
        [1, 2],
      ),
    ).toThrow(/the matrix is singular: its pivot 1 is 0\. Use linalg\.lstsq/)
    expect(() =>
      linalg.inverse([
        [
          [1, 0],
          [0, 1],
        ],
        [
          [0, 0],
          [0, 0],
        ],
      ]),
    ).toThrow(/matrix 1 is singular/)
    expect(() =>
      linalg.solve(
        [
          [1, 0],
          [0, 1],
        ],
        [1, 2, 3],
      ),
    ).toThrow(/linalg\.solve\(\[3\]\).*expected right sides for matrices \[2, 2\]/)
    expect(() =>
      linalg.cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toThrow(/not positive definite/)
  })
})

describe('questions', () => {
  const strange = array([1, Infinity, -Infinity, Number.NaN])
  const bools = (x: Tensor): boolean[] => Array.from((x as NDArray).data, Boolean)

  it('are answered at once and in the runtime', async () => {
    const ask = (x: Tensor): Tensor[] => [
      t.isFinite(x),
      t.isInfinite(x),
      t.any(t.less(x, 0)),
      t.all(x),
      t.any(t.reshape(x, [2, 2]), { axes: 1, keepDims: true }),
      t.all(t.reshape(t.less(x, 5), [2, 2]), { axes: 0 }),
      t.notEqual(x, 1),
      t.xor(t.less(x, 5), t.less(0, x)),
    ]
    const expected = [
      [true, false, false, false],
      [false, true, true, false],
      [true],
      [true],
      [true, true],
      [true, false],
      [false, true, true, true],
      [false, true, true, false],
    ]
    expect(ask(strange).map(bools)).toEqual(expected)
    await using compiled = await compile(
      trace((x) => ask(x), spec('float32', [4])),
      { threads: 1 },
    )
    expect(((await compiled.run(strange as never)) as NDArray[]).map(bools)).toEqual(expected)
  })

  it('of closeness are answered at once', () => {
    expect(allClose([1, Infinity], [1 + 1e-6, Infinity])).toBe(true)
    expect(allClose([1, Infinity], [1, -Infinity])).toBe(false)
    expect(allClose([1, 2], [1, Infinity])).toBe(false)
    expect([
      allClose([Number.NaN], [Number.NaN]),
      allClose([Number.NaN], [Number.NaN], { equalNaN: true }),
    ]).toEqual([false, true])
    expect(allClose(array([1, 2], { dtype: 'int32' }), 1)).toBe(false)
    expect(() => trace((x) => (allClose(x, 1) ? x : 1), spec('float32', [2]))).toThrow(/answers at once/)
  })
})

describe('arrays from nothing', () => {
  it('are those of NumPy', () => {
    expect(arange(5, 0, -2)).toEqual(array([5, 3, 1], { dtype: 'int32' }))
    expect(arange(3, 'float32')).toEqual(array([0, 1, 2]))
    expect(arange(2, 1).shape).toEqual([0])
    expect(Array.from(arange(0, 1, 0.3, 'float64').data)).toEqual([0, 0.3, 0.6, 0.8999999999999999])
    expect(linspace(0, 0.3, 4, 'float64').data.at(-1)).toBe(0.3)
    expect(Array.from(linspace(2, 3, 1).data)).toEqual([2])
    expect(eye(2, 3)).toEqual(
      array([
        [1, 0, 0],
        [0, 1, 0],
      ]),
    )
    expect(() => arange(0, 1, 0)).toThrow(/step other than 0/)
    expect(() => linspace(0, 1, 2.5)).toThrow(/count is 2\.5/)
  })
})

describe('arrangements', () => {
  it('make grids', () => {
    const [x, y] = t.meshgrid([
      [1, 2, 3],
      [10, 20],
    ])
    expect([x, y]).toEqual([
      array([
        [1, 2, 3],
        [1, 2, 3],
      ]),
      array([
        [10, 10, 10],
        [20, 20, 20],
      ]),
    ])
    expect(
      t.meshgrid(
        [
          [1, 2, 3],
          [10, 20],
        ],
        { indexing: 'ij' },
      )[1]!.shape,
    ).toEqual([3, 2])
  })

  it('turn axes whose lengths are names, and refuse other parts of them', () => {
    const { graph } = trace((x) => t.slice(x, [[null, null, -1], 1]), spec('float32', ['n', 3]))
    expect(graph.outputs[0]!.shape).toEqual(['n'])
    expect(() => trace((x) => t.slice(x, [[1, null]]), spec('float32', ['n']))).toThrow(
      /can only be kept whole/,
    )
    expect(() => t.slice([1, 2], [2])).toThrow(/axis 0 of 2 has no element 2/)
    expect(() => t.slice([1, 2], [[0, 2, 0]])).toThrow(/the step along axis 0 is 0/)
    expect(() => t.slice([1, 2], [null, null])).toThrow(/has 1 axes, of which 2 are asked for/)
    expect(() => trace((x) => t.sort(x), spec('float32', ['n']))).toThrow(
      /axis 0 has no known length to sort by/,
    )
  })

  it('sort unsigned and logical numbers, equal ones as they stood', () => {
    const words = array([3, 1, 4294967295, 1], { dtype: 'uint32' })
    expect(Array.from((t.sort(words) as NDArray).data)).toEqual([1, 1, 3, 4294967295])
    expect(Array.from((t.argSort(words) as NDArray).data)).toEqual([1, 3, 0, 2])
    expect(t.sort([true, false])).toEqual(array([false, true]))
  })
})
