import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { MemoryError } from '../../base/index.js'
import {
  array,
  compile,
  customGradient,
  formatGraph,
  grad,
  gradientsOf,
  named,
  type NDArray,
  repeat,
  scan,
  spec,
  t,
  type Tensor,
  toOnnx,
  trace,
  valueAndGrad,
} from './index.js'
import { optimize } from './passes/index.js'
import { lower } from './lower.js'

const f64 = (values: number[]): NDArray => array(Float64Array.from(values))
const numbers = (x: Tensor): number[] => Array.from((x as NDArray).data)

describe('trace', () => {
  it('prints what a function does', () => {
    const { graph } = trace(({ x, w }) => named('dense', x, () => t.relu(t.add(t.matmul(x, w), 1))), {
      x: spec('float32', ['batch', 3]),
      w: spec('float32', [3, 2]),
    })
    expect(formatGraph(graph)).toBe(
      [
        'graph(%0: float32[batch, 3], %1: float32[3, 2]) {',
        '  %2: float32[batch, 2] = matmul(%0, %1) {transposeA: false, transposeB: false}  # dense',
        '  %3: float32[] = constant() [1]  # dense',
        '  %4: float32[batch, 2] = add(%2, %3)  # dense',
        '  %5: float32[batch, 2] = relu(%4)  # dense',
        '  return %5',
        '}',
      ].join('\n'),
    )
  })

  it('names the operation, the shapes and the line of the user in errors', () => {
    const wrong = (): unknown => trace((x) => t.matmul(x, t.transpose(x)), spec('float32', [2, 3, 4]))
    expect(() => t.add(array([1, 2]), array([1, 2, 3]))).toThrow(
      /^add\(float32\[2\], float32\[3\]\) at .*trace\.test\.ts:\d+:\d+: expected shapes that broadcast/,
    )
    expect(wrong).toThrow(/^matmul\(float32\[2, 3, 4\], float32\[4, 3, 2\]\) at .*trace\.test\.ts/)
    expect(() => t.reshape(array([1, 2, 3]), [2, -1])).toThrow(
      /reshape\(float32\[3\]\).*cannot become \[2, -1\]/,
    )
    expect(() => t.add(array([1]), f64([1]))).toThrow(/one element type; use cast/)
    expect(() => trace((x) => t.reshape(x, ['other', 3]), spec('float32', ['batch', 3]))).toThrow(
      /number of elements differs/,
    )
    expect(() => trace((x) => t.broadcastTo(array([[1]]), x.shape), spec('float32', ['batch', 1]))).toThrow(
      /broadcastTo\(float32\[1, 1\]\).*known only when a graph runs/,
    )
    expect(() => trace(() => Promise.resolve(1), spec('float32', []))).toThrow(/asynchronous/)
    expect(() => trace(() => undefined, spec('float32', []))).toThrow(/gave undefined, expected a tensor/)
  })

  it('keeps names of sizes through shapes', async () => {
    const traced = trace(
      (x) => {
        const flat = t.reshape(x, [-1, 4])
        expect(flat.shape).toEqual(['3*batch', 4])
        return { back: t.reshape(flat, ['batch', 12]), mean: t.mean(flat, { axes: 0 }), rows: t.iota(x, 0) }
      },
      spec('float32', ['batch', 3, 4]),
    )
    await using compiled = await compile(traced)
    for (const batch of [1, 2]) {
      const x = array(
        Float32Array.from({ length: batch * 12 }, (_, i) => i),
        { shape: [batch, 3, 4] },
      )
      const { back, mean, rows } = (await compiled.run(x as never)) as unknown as Record<string, NDArray>
      expect(back!.shape).toEqual([batch, 12])
      expect(mean!.data[0]).toBe((batch * 12 - 4) / 2)
      expect(numbers(rows!)).toEqual([...Array(batch).keys()])
    }
  })
})

describe('derivatives', () => {
  const f = (x: Tensor): Tensor => t.sum(t.mul(t.sin(x), x))

  it('are values of any order, and of trees', () => {
    const x = f64([0.5, -1])
    const { value, gradient } = valueAndGrad(f)(x)
    expect((value as NDArray).data[0]).toBeCloseTo(0.5 * Math.sin(0.5) + Math.sin(1), 12)
    numbers(gradient).forEach((slope, i) =>
      expect(slope).toBeCloseTo(Math.sin(x.data[i]!) + x.data[i]! * Math.cos(x.data[i]!), 12),
    )
    const second = grad((y: Tensor) => t.sum(grad(f)(y)))(x)
    numbers(second).forEach((bend, i) =>
      expect(bend).toBeCloseTo(2 * Math.cos(x.data[i]!) - x.data[i]! * Math.sin(x.data[i]!), 12),
    )
    const tree = grad(({ a, b }: { a: Tensor; b: Tensor[] }) => t.sum(t.mul(a, b[0]!)))({
      a: f64([2]),
      b: [f64([3])],
    })
    expect([numbers(tree.a), numbers(tree.b[0]!)]).toEqual([[3], [2]])
    expect(
      numbers(
        grad((a: Tensor, b: Tensor) => t.sum(t.mul(a, t.square(b))), { argument: 1 })(f64([2]), f64([3])),
      ),
    ).toEqual([12])
  })

  it('see what a function closes over as constant, and reach it from outside', () => {
    const outer = (a: Tensor): Tensor => t.sum(grad((x: Tensor) => t.sum(t.mul(t.mul(x, x), a)))(f64([3])))
    expect(numbers(grad(outer)(f64([5])))).toEqual([6])
  })

  it('refuse what has none', () => {
    expect(() => grad((x: Tensor) => t.mul(x, 2))(f64([1, 2]))).toThrow(
      /gives float64\[2\], expected one float. Reduce it/,
    )
    expect(() => grad((x: Tensor) => t.sum(t.cast(x, 'float32')))(array([1], { dtype: 'int32' }))).toThrow(
      /only floats have gradients/,
    )
    expect(() =>
      gradientsOf(
        trace(({ w }) => t.sum(w), { w: spec('float32', [2]) }),
        'v',
      ),
    ).toThrow(/no 'v'; it has w/)
  })

  it('may be given', () => {
    const clipped = customGradient(
      'clipped',
      (x) => t.mul(x!, 1),
      ({ cotangents }) => [t.minimum(cotangents[0]!, 1)],
    )
    expect(
      numbers(grad((x: Tensor) => t.sum(t.mul(clipped(x)[0]!, array(Float64Array.of(5, 0.5)))))(f64([1, 1]))),
    ).toEqual([1, 0.5])
  })

  it('stop where they are told to', () => {
    expect(numbers(grad((x: Tensor) => t.sum(t.mul(x, t.stopGradient(x))))(f64([3])))).toEqual([3])
  })
})

describe('loops', () => {
  it('carry and stack', () => {
    const [last, sums] = scan(
      (sum: Tensor, x: Tensor) => [t.add(sum, x), t.mul(sum, x)] as const,
      f64([0]),
      array(Float64Array.of(1, 2, 3), { shape: [3, 1] }),
    )
    expect([numbers(last), numbers(sums)]).toEqual([[6], [0, 2, 9]])
    expect(numbers(repeat(5, (x: Tensor) => t.mul(x, 2), f64([1])))).toEqual([32])
    expect(() => scan((c: Tensor) => [c, c] as const, f64([0]), [f64([1, 2]), f64([1])] as never)).toThrow(
      /expected equal first axes of xs; received 2, 1/,
    )
    expect(() => scan((c: Tensor) => [t.concat([c, c]), c] as const, f64([0]), f64([1, 2]))).toThrow(
      /carried value 0 becomes float64\[2\]/,
    )
  })

  it('are differentiated as if they were written out, also twice, also over what they close over', async () => {
    const looped = ({ w, x }: { w: Tensor; x: Tensor }): Tensor =>
      t.sum(repeat(4, (h: Tensor) => t.tanh(t.mul(h, w)), x))
    const written = ({ w, x }: { w: Tensor; x: Tensor }): Tensor => {
      let h = x
      for (let i = 0; i < 4; i++) h = t.tanh(t.mul(h, w))
      return t.sum(h)
    }
    const at = { w: f64([1.3, 0.4]), x: f64([0.7, -0.2]) }
    const [a, b] = [grad(looped)(at), grad(written)(at)]
    for (const name of ['w', 'x'] as const)
      numbers(a[name]).forEach((value, i) => expect(value).toBeCloseTo(numbers(b[name])[i]!, 12))
    const twice = (f: typeof looped) => grad((given: { w: Tensor; x: Tensor }) => t.sum(grad(f)(given).w))(at)
    numbers(twice(looped).w).forEach((value, i) =>
      expect(value).toBeCloseTo(numbers(twice(written).w)[i]!, 10),
    )
    const traced = gradientsOf(trace(looped as never, { w: spec('float64', [2]), x: spec('float64', [2]) }))
    await using compiled = await compile(traced)
    const { grads } = (await compiled.run(at as never)) as unknown as { grads: typeof at }
    numbers(grads.w).forEach((value, i) => expect(value).toBeCloseTo(numbers(b.w)[i]!, 6))
  })
})

describe('passes', () => {
  const primitivesOf = (f: (x: never) => unknown, shape: readonly number[] = [2, 3]): string[] =>
    optimize(lower(trace(f as never, spec('float32', shape)).graph)).nodes.map(({ primitive }) => primitive)

  it('leave out what nothing depends on, and what is done twice', () => {
    expect(primitivesOf((x: Tensor) => (t.exp(x), t.add(t.sin(x), t.sin(x))))).toEqual(['sin', 'add'])
  })

  it('compute constants, and simplify', () => {
    expect(primitivesOf((x: Tensor) => t.add(x, t.mul(t.add(array([1, 2, 3]), 1), 2)))).toEqual([
      'constant',
      'add',
    ])
    expect(primitivesOf((x: Tensor) => t.div(t.mul(t.add(x, 0), 1), 1))).toEqual([])
    expect(primitivesOf((x: Tensor) => t.transpose(t.transpose(x)))).toEqual([])
    expect(primitivesOf((x: Tensor) => t.neg(t.neg(x)))).toEqual([])
    expect(primitivesOf((x: Tensor) => t.mul(t.broadcastTo(t.sum(x), [2, 3]), x))).toEqual(['sum', 'mul'])
  })

  it('do not write large constants into files', () => {
    const bytes = toOnnx(
      trace((x) => t.add(t.broadcastTo(array(1), [1000, 1000]), x), spec('float32', [1000, 1000])),
    )
    expect(bytes.length).toBeLessThan(1000)
  })
})

const bytesOf = ({ data }: NDArray): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength)

describe('sums at equal indices', () => {
  it.each([8, 2000])('lose nothing to threads, over %d rows', async (length) => {
    const count = 4096
    const indices = array(Int32Array.from({ length: count }, (_, i) => (i * i) % 7))
    const updates = array(
      Float32Array.from({ length: count * 64 }, (_, i) => (i % 13) - 6),
      { shape: [count, 64] },
    )
    const specs = { i: spec('int32', ['n']), x: spec('float32', ['n', 64]) }
    await using compiled = await compile(
      trace(({ i, x }) => t.scatterAdd(i, x, { shape: [length, 64] }), specs),
      { threads: 2 },
    )
    const expected = t.scatterAdd(indices, updates, { shape: [length, 64] })
    for (let k = 0; k < 20; k++) {
      const found = (await compiled.run({ i: indices, x: updates } as never)) as unknown as NDArray
      // Compared as bytes: element by element would take longer than all runs.
      expect(Buffer.compare(bytesOf(found), bytesOf(expected))).toBe(0)
    }
  })
})

describe('more memory than there is', () => {
  // No machine has room for 10¹⁴ numbers.
  const rows = 10_000_000

  it('is refused with the amount where numbers are known', () => {
    const tall = array(new Float32Array(rows), { shape: [rows, 1] })
    expect(() => t.matmul(tall, tall, { transposeB: true })).toThrow(
      /^matmul\(float32\[10000000, 1\], float32\[10000000, 1\]\) needs 364 TiB; this machine has .* GiB/,
    )
  })

  it('is refused with the amount by a compiled function', async () => {
    const traced = trace(
      (x: Tensor) => t.sum(t.matmul(x, x, { transposeB: true })),
      spec('float32', ['N', 1]),
    )
    await using compiled = await compile(traced)
    const run = compiled.run(array(new Float32Array(rows), { shape: [rows, 1] }))
    await expect(run).rejects.toThrow(/^ONNX model: a Gemm operator needs 364 TiB; this machine has .* GiB/)
    await expect(run).rejects.toBeInstanceOf(MemoryError)
  })
})

describe('a traced value', () => {
  it('is no number for operators of JavaScript', () => {
    const wrong = (x: Tensor): Tensor => t.add(x, (x as unknown as number) * 2)
    expect(() => trace(wrong, spec('float32', [3]))).toThrow(
      /^float32\[3\] is a traced value: its numbers are not there yet.*Use t\.add/,
    )
  })

  it('is a short text on a screen', () => {
    trace(
      (x: Tensor) => {
        expect(inspect({ x })).toBe('{ x: traced float32[batch, 2] }')
        return x as never
      },
      spec('float32', ['batch', 2]),
    )
  })
})
