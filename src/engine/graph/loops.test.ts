// Loops as operators of the file: what the reference gives, and what the same loop gives written out.
import { describe, expect, it } from 'vitest'
import { spread } from '../../../test/support/primitive-cases.js'
import { inspectModel } from '../onnx/index.js'
import {
  array,
  compile,
  formatGraph,
  grad,
  gradientsOf,
  importOnnx,
  type NDArray,
  repeat,
  scan,
  type ScanOptions,
  spec,
  t,
  type Tensor,
  toOnnx,
  trace,
  type Traced,
  valueAndGrad,
  vmap,
  whileLoop,
} from './index.js'
import { lower } from './lower.js'
import { optimize } from './passes/index.js'
import { isSpec } from './trace.js'
import { flattenTree } from './tree.js'

const f32 = (shape: readonly number[], low = -1, high = 1): NDArray => spread(shape, low, high, 'float32')
const operatorsOf = (traced: Traced): Readonly<Record<string, number>> =>
  inspectModel(toOnnx(traced)).operators

// Sums of float32 in another order.
const tolerance = 2e-5

function expectClose(found: unknown, expected: unknown): void {
  const [a, b] = [found, expected] as [NDArray, NDArray]
  expect([a.dtype, a.shape]).toEqual([b.dtype, b.shape])
  b.data.forEach((value, i) =>
    expect(Math.abs(a.data[i]! - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value))),
  )
}

async function run(traced: Traced, inputs: unknown): Promise<readonly NDArray[]> {
  await using compiled = await compile(traced, { threads: 1 })
  return flattenTree<NDArray>((await compiled.run(inputs as never)) as never, isSpec).leaves
}

type Given = { readonly w: Tensor; readonly h: Tensor; readonly x: Tensor }

/** A small recurrent network: a carry of two, a counter of whole numbers, values from outside, and stacked results. */
function recurrent({ w, h, x }: Given, options: ScanOptions = {}): { loss: Tensor; rows: Tensor } {
  const [last, rows] = scan(
    ({ h, c, n }: { h: Tensor; c: Tensor; n: Tensor }, x: Tensor) => {
      const next = t.tanh(t.add(t.matmul(h, w), x))
      const even = t.equal(t.sub(n, t.mul(t.div(n, 2), 2)), 0)
      const kept = t.where(even, t.mul(next, 0.5), t.add(next, t.mul(c, 0.1)))
      return [{ h: next, c: kept, n: t.add(n, 1) }, kept] as const
    },
    { h, c: t.mul(h, 0.3), n: array(0, { dtype: 'int32' }) },
    x,
    options,
  )
  const weighted = t.mul(rows, t.add(rows, t.expandDims(t.sum(w, { axes: 0 }), 0)))
  return { loss: t.add(t.mean(weighted), t.sum(t.mul(last.h, last.c))), rows }
}

const steps = 24
const at = { w: f32([3, 3]), h: f32([2, 3]), x: f32([steps, 2, 3]) }
const specsOf = (given: Readonly<Record<string, NDArray>>) =>
  Object.fromEntries(Object.entries(given).map(([name, { dtype, shape }]) => [name, spec(dtype, shape)]))

const forms = [
  { title: 'forward', reverse: false },
  { title: 'backwards', reverse: true },
]

describe('a loop in a file', () => {
  it.each(forms)(
    'gives what the reference gives, with gradients of both orders, $title',
    async ({ reverse }) => {
      const loss = (given: Given, unroll?: boolean): Tensor =>
        recurrent(given, { reverse, ...(unroll === undefined ? {} : { unroll }) }).loss
      const curved = (given: Given, unroll?: boolean): Tensor => {
        const slope = grad((own: Given) => loss(own, unroll))(given)
        return t.add(t.sum(t.square(slope.w)), t.sum(t.mul(slope.h, t.sin(slope.h))))
      }
      for (const f of [loss, curved]) {
        const expected = valueAndGrad((given: Given) => f(given))(at)
        for (const unroll of [undefined, true, false]) {
          const traced = gradientsOf(
            trace((given: Given) => f(given, unroll), specsOf(at) as never) as Traced,
          )
          expect((operatorsOf(traced)['Scan'] ?? 0) > 0).toBe(unroll !== true)
          const [value, ...gradients] = await run(traced, at)
          expectClose(value, expected.value)
          Object.values(expected.gradient).forEach((one, i) => expectClose(gradients[i], one))
        }
      }
    },
  )

  it('is one beyond twelve steps, or where it is told to be', () => {
    const ofSteps = (count: number, options: ScanOptions = {}): number =>
      operatorsOf(
        trace((x) => repeat(count, (h: Tensor) => t.sin(h), x as Tensor, options), spec('float32', [2])),
      )['Scan'] ?? 0
    expect([12, 13].map((count) => ofSteps(count))).toEqual([0, 1])
    expect([ofSteps(2, { unroll: false }), ofSteps(40, { unroll: true })]).toEqual([1, 0])
  })

  it('runs as many steps as the input has', async () => {
    const traced = gradientsOf(
      trace(({ w, h, x }: Record<'w' | 'h' | 'x', Tensor>) => recurrent({ w, h, x } as Given), {
        w: spec('float32', [3, 3]),
        h: spec('float32', ['batch', 3]),
        x: spec('float32', ['time', 'batch', 3]),
      } as never) as Traced,
      'w',
    )
    expect(traced.graph.outputs[1]!.shape).toEqual(['time', 'batch', 3])
    await using compiled = await compile(traced, { threads: 1 })
    for (const [time, batch] of [
      [1, 2],
      [17, 1],
      [24, 2],
    ] as const) {
      const given = { w: at.w, h: f32([batch, 3]), x: f32([time, batch, 3]) }
      const found = (await compiled.run(given as never)) as unknown as Record<string, NDArray>
      const { value, gradient } = valueAndGrad((own: Given) => recurrent(own).loss)(given)
      expectClose(found['loss'], value)
      expectClose(found['grads'], gradient.w)
    }
  })

  it('is batched by vmap, with what it closes over, with and without a batch of it', async () => {
    const slopes = ({ w, h, x }: Given): Tensor[] => {
      const own = grad((given: Given) => recurrent(given).loss)({ w, h, x })
      return [own.w, own.h, own.x]
    }
    const given = { w: f32([2, 3, 3]), h: f32([2, 1, 3]), x: f32([2, 15, 1, 3]) }
    const shared = { ...given, w: f32([3, 3]) }
    const of = (w: Tensor, h: Tensor, x: Tensor) => slopes({ w, h, x })
    for (const [values, axes] of [
      [given, [0, 0, 0]],
      [shared, [null, 0, 0]],
    ] as const) {
      const batched = vmap(of, { axes })
      const expected = [0, 1].map((i) =>
        slopes({
          w: axes[0] === null ? values.w : t.at(values.w, i),
          h: t.at(values.h, i),
          x: t.at(values.x, i),
        }),
      )
      const traced = trace(({ w, h, x }: Given) => batched(w, h, x), specsOf(values) as never) as Traced
      expect(operatorsOf(traced)['Scan']).toBe(2)
      const found = await run(traced, values)
      found.forEach((one, k) => expectClose(one, t.stack(expected.map((list) => list[k]!))))
    }
  })

  it('may stand in another, and be differentiated there', async () => {
    const nested = ({ w, h, x }: Given): Tensor => {
      const [last] = scan(
        (carry: Tensor, rows: Tensor) => {
          const inner = repeat(
            14,
            (value: Tensor, i: Tensor) =>
              t.tanh(t.add(t.matmul(value, w), t.mul(t.cast(i, 'float32'), 0.01))),
            carry,
          )
          const [sum] = scan(
            (total: Tensor, row: Tensor) => [t.add(total, t.mul(row, inner)), t.sum(row)] as const,
            carry,
            rows,
            { reverse: true },
          )
          return [t.mul(sum, 0.2), []] as const
        },
        h,
        x,
      )
      return t.sum(t.square(last))
    }
    const given = { w: f32([3, 3]), h: f32([2, 3]), x: f32([13, 15, 2, 3]) }
    const expected = valueAndGrad(nested)(given)
    const traced = gradientsOf(trace(nested as never, specsOf(given) as never) as Traced)
    const [value, ...gradients] = await run(traced, given)
    expectClose(value, expected.value)
    Object.values(expected.gradient).forEach((one, i) => expectClose(gradients[i], one))
  })

  it('of no steps gives its start, and nothing stacked', async () => {
    for (const unroll of [true, false]) {
      const [last, rows] = await run(
        trace(
          (x) =>
            scan((h: Tensor, r: Tensor) => [t.add(h, r), t.mul(h, 2)] as const, array([1, 2]), x, {
              unroll,
            }) as never,
          spec('float32', [0, 2]),
        ) as Traced,
        { dtype: 'float32', shape: [0, 2], data: new Float32Array() },
      )
      expect([Array.from(last!.data), rows!.shape]).toEqual([
        [1, 2],
        [0, 2],
      ])
    }
  })

  it('stacks and carries only what is read', () => {
    const { graph } = trace(
      ({ h, x, unread }: Record<'h' | 'x' | 'unread', Tensor>) => {
        const [, rows] = scan(
          ([a, b, c]: readonly Tensor[], { x, unread }: { x: Tensor; unread: Tensor }) =>
            [
              [t.add(a!, x), t.add(b!, a!), t.mul(c!, unread)],
              [t.mul(b!, 2), t.sin(unread)],
            ] as const,
          [h, h, h],
          { x, unread },
        )
        return rows[0]!
      },
      { h: spec('float32', [2]), x: spec('float32', [20, 2]), unread: spec('float32', [20, 2]) },
    )
    const [node] = optimize(lower(graph)).nodes.filter(({ primitive }) => primitive === 'scan')
    // h for a and b, and x; a and b as states, and the rows.
    expect([node!.inputs.length, node!.outputs.length]).toEqual([3, 3])
    expect(node!.primitive === 'scan' && node!.params.body.nodes.map(({ primitive }) => primitive)).toEqual([
      'add',
      'add',
      'constant',
      'mul',
    ])
  })

  it('is printed with its body', () => {
    const { graph } = trace((x) => repeat(3, (h: Tensor) => t.sin(h), x as Tensor), spec('float32', [2]))
    expect(formatGraph(graph)).toBe(
      [
        'graph(%0: float32[2]) {',
        '  %1: int32[3] = constant() [0,1,2]',
        '  %2: float32[2] = scan(%0, %1) 3 steps',
        '    graph(%0: float32[2], %1: int32[]) {',
        '      %2: float32[2] = sin(%0)',
        '      return %2',
        '    }',
        '  return %2',
        '}',
      ].join('\n'),
    )
  })

  it('takes ten thousand steps: traced, differentiated, opened and run in seconds', async () => {
    const count = 10_000
    const started = performance.now()
    const given = { w: f32([8, 8], -0.3, 0.3), h: f32([1, 8]), x: f32([count, 1, 8]) }
    const loss = ({ w, h, x }: Given): Tensor => {
      const [last, rows] = scan(
        (h: Tensor, x: Tensor) => {
          const next = t.tanh(t.add(t.matmul(h, w), x))
          return [next, next] as const
        },
        h,
        x,
      )
      return t.add(t.mean(t.square(rows)), t.sum(last))
    }
    const traced = gradientsOf(trace(loss as never, specsOf(given) as never) as Traced)
    const bytes = toOnnx(traced)
    const [value, dw, , dx] = await run(traced, given)
    const seconds = (performance.now() - started) / 1000
    expect(bytes.length).toBeLessThan(5000)
    // A tenth of a second on two quiet cores; written out it would not open within minutes.
    expect(seconds).toBeLessThan(10)
    const expected = valueAndGrad(loss)(given)
    expectClose(value, expected.value)
    expectClose(dw, expected.gradient.w)
    expectClose(dx, expected.gradient.x)
  })

  it('is read again by importOnnx, of any length', async () => {
    const traced = trace(({ w, h, x }: Given) => recurrent({ w, h, x }), {
      w: spec('float32', [3, 3]),
      h: spec('float32', [2, 3]),
      x: spec('float32', ['time', 2, 3]),
    } as never) as Traced
    const model = await importOnnx(toOnnx(traced))
    expect(model.outputs['rows']).toEqual({ dtype: 'float32', shape: ['time', 2, 3] })
    const found = model.apply({}, at)
    const expected = recurrent(at)
    expectClose(found['loss'], expected.loss)
    await using compiled = await compile(model.traced, { threads: 1 })
    const again = (await compiled.run(at)) as Record<string, NDArray>
    expectClose(again['rows'], expected.rows)
  })
})

describe('a loop that data end', () => {
  /** Newton's method for √a, until it moves no more. */
  const root = (a: Tensor, by = 1e-6): Tensor =>
    whileLoop(
      ({ x, before }: { x: Tensor; before: Tensor }) => t.greater(t.abs(t.sub(x, before)), by),
      ({ x }: { x: Tensor; before: Tensor }) => ({ x: t.mul(t.add(x, t.div(a, x)), 0.5), before: x }),
      { x: a, before: t.mul(a, 2) },
    ).x

  it('gives what the reference gives, in a loop too', async () => {
    expect((root(array(2)) as NDArray).data[0]).toBeCloseTo(Math.SQRT2, 6)
    const traced = trace(
      (a) => {
        const [, roots] = scan((c: Tensor, row: Tensor) => [c, root(row)] as const, array(0), a)
        return { one: root(t.sum(a)), roots }
      },
      spec('float32', ['n']),
    )
    expect(operatorsOf(traced as Traced)).toMatchObject({ Loop: 2, Scan: 1 })
    const [one, roots] = await run(traced as Traced, array([2, 9, 1e-4, 1e6]))
    expectClose(one, array(Math.sqrt(1e6 + 11.0001)))
    expectClose(roots, array([Math.SQRT2, 3, 0.01, 1000]))
  })

  it('goes on under vmap until the last one has ended', async () => {
    const many = vmap((a: Tensor) => root(a))
    const given = array([4, 1e8, 0.25])
    expectClose(many(given), array([2, 1e4, 0.5]))
    expectClose(
      (await run(trace(many as never, spec('float32', [3])) as Traced, given))[0],
      array([2, 1e4, 0.5]),
    )
  })

  it('is read again by importOnnx, also one that counts its turns', async () => {
    const file = toOnnx(trace((a) => root(a as Tensor), spec('float32', [])) as Traced)
    const model = await importOnnx(file)
    expectClose(model.apply({}, { input: array(9) })['output'], array(3))
  })

  it('has no gradient, and says what to do', () => {
    expect(() => grad((a: Tensor) => root(a))(array(2))).toThrow(
      /^whileLoop: it has no gradient, as nobody knows .* at .*loops\.test\.ts:\d+:\d+\. Use repeat or scan/,
    )
    // One that no gradient flows through may stay.
    const slope = grad((a: Tensor) => t.mul(a, root(t.stopGradient(a))))(array(4))
    expectClose(slope, array(2))
  })

  it('refuses a carry that changes, and a condition of several', () => {
    expect(() =>
      whileLoop(
        (x: Tensor) => t.less(x, 3),
        (x: Tensor) => t.add(x, 1),
        array([1, 2]),
      ),
    ).toThrow(/whileLoop\(.*the condition is bool\[2\], expected one bool/)
    expect(() =>
      whileLoop(
        (x: Tensor) => t.less(t.sum(x), 3),
        (x: Tensor) => t.concat([x, x]),
        array([1, 2]),
      ),
    ).toThrow(/carried value 0 becomes float32\[4\]/)
  })
})
