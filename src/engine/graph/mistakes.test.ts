// What users get wrong: each mistake has an error that names it, and none a wrong number.
import { describe, expect, it } from 'vitest'
import { MemoryError, ShapeError, UsageError } from '../../base/index.js'
import {
  arange,
  array,
  type DType,
  encodeNpy,
  encodeNpz,
  encodeSafetensors,
  full,
  grad,
  jit,
  random,
  repeat,
  scan,
  spec,
  t,
  type Tensor,
  toNested,
  toOnnx,
  trace,
  valueAndGrad,
  vmap,
  zeros,
} from './index.js'

const x = array([
  [1, 2, 3],
  [4, 5, 6],
])

const image = zeros([1, 1, 4, 4])
const filters = zeros([1, 1, 2, 2])

/** What a program without types may give. */
const untyped = <T>(value: unknown): T => value as T

const refused: readonly {
  readonly title: string
  readonly run: () => unknown
  readonly message: RegExp
}[] = [
  { title: 'an axis twice', run: () => t.sum(x, { axes: [0, -2] }), message: /^sum.*axis 0 is named twice/ },
  {
    title: "NumPy's name of axes",
    run: () => t.sum(x, untyped({ axis: 0 })),
    message: /no option 'axis'.*\{ axes: 0 \}/,
  },
  {
    title: 'a fraction among whole numbers',
    run: () => t.add(arange(3), 1.5),
    message: /^add\(int32\[3\], float32\[\]\)/,
  },
  {
    title: 'a mean of whole numbers',
    run: () => t.mean(arange(4)),
    message: /^mean\(int32\[4\]\).*floats; use cast/,
  },
  { title: 'a size of 1.5', run: () => t.reshape(x, [1.5, 4]), message: /^reshape.*gives \[1\.5, 4\]/ },
  {
    title: 'two open sizes',
    run: () => t.reshape(x, [-1, -1]),
    message: /^reshape.*\[-1, -1\] has −1 twice/,
  },
  { title: 'less than no elements', run: () => t.topK(x, -1), message: /^topK.*gives \[2, -1\]/ },
  {
    title: 'half an index',
    run: () => t.slice(x, [[0.5, 1]]),
    message: /^slice.*axis 0 is cut at 0\.5, expected whole/,
  },
  {
    title: 'an index without a list',
    run: () => t.slice(x, untyped(0)),
    message: /^slice.*expected a list with a part/,
  },
  { title: 'nothing to join', run: () => t.concat([]), message: /^concat\(\).*one array at least/ },
  {
    title: 'types that differ',
    run: () => t.concat([x, t.cast(x, 'int32')]),
    message: /^concat.*one element type/,
  },
  {
    title: 'a long axis to squeeze',
    run: () => t.squeeze(x, 0),
    message: /^squeeze.*axis 0 has 2 elements, expected 1/,
  },
  {
    title: 'half a step of a window',
    run: () => t.conv(image, filters, { strides: 1.5 }),
    message: /^conv.*strides is 1\.5, expected a whole number from 1 on/,
  },
  {
    title: 'padding without pairs',
    run: () => t.conv(image, filters, { padding: untyped([1, 1]) }),
    message: /^conv.*padding is \[1,1\], expected .*\[before, after\]/,
  },
  {
    title: 'padding that cuts',
    run: () => t.conv(image, filters, { padding: -1 }),
    message: /^conv.*padding is -1, expected a whole number from 0 on/,
  },
  {
    title: 'too few steps',
    run: () => t.maxPool(image, 2, { strides: [2] }),
    message: /^maxPool.*strides is \[2\].*each of the 2 spatial axes/,
  },
  {
    title: 'windows of padding alone',
    run: () => t.averagePool(image, 2, { padding: 2 }),
    message: /^averagePool.*padding is 2 for a window of 2, expected less/,
  },
  {
    title: 'an open spatial size',
    run: () => trace((own) => t.convTranspose(own, filters), spec('float32', [1, 1, 'height', 4])),
    message: /^convTranspose.*known numbers/,
  },
  {
    title: 'whole numbers to a convolution backwards',
    run: () => t.convTranspose(t.cast(image, 'int32'), t.cast(filters, 'int32')),
    message: /^convTranspose.*floats of one element type/,
  },
  {
    title: 'sums of truth',
    run: () => t.cumulativeSum(array([true, false])),
    message: /^cumulativeSum.*type bool; use cast/,
  },
  {
    title: 'no operand',
    run: () => t.add(untyped<Tensor>(undefined), 1),
    message: /an element is undefined/,
  },
  { title: 'a missing element', run: () => array([1, untyped<number>(null)]), message: /an element is null/ },
  { title: 'text', run: () => array(untyped(['a'])), message: /an element is a, expected numbers/ },
  {
    title: 'bytes as truth',
    run: () => array(Uint8Array.of(1, 200)),
    message: /hold 200, expected 0 or 1.*dtype: 'int32'/,
  },
  {
    title: 'integers of 64 bits',
    run: () => array(untyped<Int32Array>(BigInt64Array.of(1n))),
    message: /BigInt64Array.*Int32Array\.from/,
  },
  {
    title: 'an unknown element type',
    run: () => array([1], { dtype: untyped<DType>('float16') }),
    message: /no element type 'float16'/,
  },
  {
    title: 'an unknown type to cast to',
    run: () => t.cast(x, untyped<DType>('int64')),
    message: /^cast.*no element type 'int64'/,
  },
  {
    title: 'sizes below zero',
    run: () => zeros([-1]),
    message: /the shape is \[-1\], expected a list of whole/,
  },
  {
    title: 'a size without a list',
    run: () => zeros(untyped(3)),
    message: /the shape is 3, expected a list/,
  },
  {
    title: 'an open size without a name',
    run: () => spec('float32', untyped([null, 3])),
    message: /^spec.*\[null, 3\].*'batch'/,
  },
  {
    title: 'a number to differentiate by',
    run: () => grad(untyped<(x: Tensor) => Tensor>(t.square))(untyped<Tensor>(3)),
    message: /'0' is a number.*array\(3\)/,
  },
  {
    title: 'several results to differentiate',
    run: () => valueAndGrad(untyped<(x: Tensor) => Tensor>((own: Tensor) => [t.sum(own), own]))(x),
    message: /^grad.*gives 2 results \(0, 1\), expected one float/,
  },
  {
    title: 'text among results',
    run: () => trace(() => untyped<Tensor>({ a: 'b' }), spec('float32', [])),
    message: /'a' is a string/,
  },
  {
    title: 'an axis that is not there',
    run: () => vmap((own: Tensor) => own, { axes: [2] })(x),
    message: /^vmap.*has no axis 2/,
  },
  {
    title: 'a step without a pair',
    run: () => scan(untyped<(c: Tensor, y: Tensor) => [Tensor, Tensor]>(t.add), array(0), array([1])),
    message: /^scan.*gives object, expected \[carry, y\]/,
  },
  {
    title: 'half a step',
    run: () => repeat(1.5, (own: Tensor) => own, x),
    message: /^repeat.*the count is 1\.5, expected a whole number/,
  },
  {
    title: 'a seed for a key',
    run: () => random.uniform(untyped<Tensor>(0), [3]),
    message: /the key is 0, expected uint32\[2\].*random\.key/,
  },
]

describe('mistakes of users', () => {
  it.each(refused)('tells of $title', ({ run, message }) => {
    expect(run).toThrow(message)
    const error = caught(run)
    expect(error instanceof ShapeError || error instanceof UsageError).toBe(true)
  })

  it('tells how much memory an array would need', () => {
    expect(caught(() => full([1e6, 1e6], 0))).toBeInstanceOf(MemoryError)
  })

  it('tells of a value that another trace left', () => {
    const kept: Tensor[] = []
    trace(
      (own) => {
        kept.push(own)
        return own
      },
      spec('float32', [2]),
    )
    const traced = trace((own) => t.add(kept[0]!, own), spec('float32', [2]))
    expect(() => toOnnx(traced)).toThrow(/uses float32\[2\], a value of another trace/)
  })

  it('tells of arguments of compiled functions that are no arrays', async () => {
    await using run = jit((own: Tensor, factor: Tensor) => t.mul(own, factor))
    await expect(run(x, untyped<Tensor>('a'))).rejects.toThrow(/'1' is a string/)
  })
})

const caught = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('arrays made by hand', () => {
  const short = { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2) } as const

  it.each([
    ['computed on', () => t.add(short, 1)],
    ['written as .npy', () => encodeNpy(short)],
    ['written as safetensors', () => encodeSafetensors({ short })],
  ])('are not %s where their elements do not fill their shape', (_, run) => {
    expect(run).toThrow(/it is float32\[3\], but it has 2 elements, expected 3/)
  })

  it('are not written as .npz either', async () => {
    await expect(encodeNpz({ short })).rejects.toThrow(
      /it is float32\[3\], but it has 2 elements, expected 3/,
    )
  })

  it('are told from what is none', () => {
    expect(() => encodeNpy(untyped([1, 2]))).toThrow(/expected an array.*array\(…\)/)
    expect(() => encodeSafetensors({ w: untyped(null) })).toThrow(/'w'.*received null/)
    expect(() => encodeNpy(untyped({ ...short, data: [1, 2, 3] }))).toThrow(/are no Float32Array/)
    expect(() => trace((own) => (encodeNpy(untyped(own)), own), spec('float32', []))).toThrow(
      /numbers of a traced value are not known yet/,
    )
  })
})

describe('habits that work', () => {
  it('takes one axis without a list', () => {
    expect(t.squeeze([[1], [2]], 1).shape).toEqual([2])
    expect(toNested(t.reverse([[1, 2]], 1))).toEqual([[2, 1]])
  })

  it('counts axes of batches from the back', () => {
    expect([...vmap((own: Tensor) => t.sum(own), { axes: [-1] })(x).data]).toEqual([5, 7, 9])
  })

  it('takes typed arrays of small integers, and numbers for truth', () => {
    expect(array(untyped<Int32Array>(Int16Array.of(1, -200)))).toEqual(array([1, -200], { dtype: 'int32' }))
    expect(array(Uint8Array.of(1, 200), { dtype: 'int32' }).data).toEqual(Int32Array.of(1, 200))
    expect(array([2, 0, 0.5], { dtype: 'bool' }).data).toEqual(Uint8Array.of(1, 0, 1))
  })

  it('finds classes in floats', () => {
    expect(toNested(t.oneHot(array([0, 2]), 3))).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ])
  })
})
