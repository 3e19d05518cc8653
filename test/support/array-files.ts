// Arrays to write, and damage to what was written.
import fc from 'fast-check'
import { array, type DType, type NDArray, sizeOf } from '../../src/engine/graph/index.js'
import { FormatError } from '../../src/base/index.js'

const elements: { readonly [T in DType]: fc.Arbitrary<number> } = {
  float32: fc.float(),
  float64: fc.double(),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  bool: fc.integer({ min: 0, max: 1 }),
}

/** Arrays of all element types, up to three axes, empty ones too. */
export const arrays: fc.Arbitrary<NDArray> = fc
  .record({
    dtype: fc.constantFrom<DType>('float32', 'float64', 'int32', 'uint32', 'bool'),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
  })
  .chain(({ dtype, shape }) => {
    const length = sizeOf(shape)
    return fc
      .array(elements[dtype], { minLength: length, maxLength: length })
      .map((values) => array(values, { dtype, shape }))
  })

/** Cuts bytes short, or sets a few of them; the first ones more often, as they say what follows. */
export const damages: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc
  .record({
    // Of ten thousand parts. Half of the cases are not cut: most cuts are found at once.
    cut: fc.option(fc.integer({ min: 0, max: 9999 }), { freq: 1 }),
    flips: fc.array(fc.record({ at: fc.nat(2 ** 24), early: fc.boolean(), to: fc.nat(255) }), {
      maxLength: 3,
    }),
  })
  .map(({ cut, flips }) => (bytes: Uint8Array) => {
    const damaged = new Uint8Array(bytes)
    for (const { at, early, to } of flips)
      damaged[at % (early ? Math.min(160, bytes.length) : bytes.length)] = to
    return cut === null ? damaged : damaged.slice(0, Math.floor((cut / 10_000) * bytes.length))
  })

/** How reading ended. Anything but a value or a FormatError is a crash. */
export type Outcome<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'crash'; readonly error: unknown }

export async function outcomeOf<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'value', value: await read() }
  } catch (error) {
    if (error instanceof FormatError) return { kind: 'refused', message: error.message }
    return { kind: 'crash', error }
  }
}
