// Seeded random numbers that split, so that results do not depend on the order or the thread in which work is done.
import { combine32, hashText, mix32 } from './hash.js'

/** A stream of random numbers. Streams split by name: `rng(7).split('trees', 3)` is the same wherever it is asked. */
export interface Rng {
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number
  /** A number from the standard normal distribution. */
  normal(): number
  /** A whole number in [0, bound). */
  below(bound: number): number
  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<A extends { length: number; [index: number]: unknown }>(array: A): A
  /** The numbers 0…n−1 in random order. */
  permutation(n: number): Int32Array
  /** An independent stream, the same for the same names. Does not advance this one. */
  split(...names: readonly (string | number)[]): Rng
}

/**
 * Random numbers from a seed: sfc32 (Chris Doty-Humphrey, PractRand), seeded by hashing.
 *
 * @param seed - any number; equal seeds give equal streams
 * @example
 * ```ts
 * rng(1).below(10) === rng(1).below(10) // => true
 * ```
 */
export function rng(seed: number): Rng {
  return stream(combine32(combine32(0x6d77, seed | 0), Math.floor(seed / 4294967296) | 0))
}

/** The seed itself; for 'random' one that is drawn now, to be kept with the result so that it can be had again. */
export const drawnSeed = (seed: number | 'random' | undefined): number =>
  seed === 'random' ? crypto.getRandomValues(new Uint32Array(1))[0]! : (seed ?? 0)

function stream(key: number): Rng {
  let a = mix32(key ^ 0x9e3779b9)
  let b = mix32(key ^ 0x243f6a88)
  let c = mix32(key ^ 0xb7e15162)
  let counter = 1
  const next = (): number => {
    const t = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    c |= 0
    return t >>> 0
  }
  // The generator's author advises 12 rounds before the state is well mixed.
  for (let i = 0; i < 12; i++) next()

  let spare: number | undefined
  const self: Rng = {
    uniform: () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992,
    normal() {
      if (spare !== undefined) {
        const value = spare
        spare = undefined
        return value
      }
      // Box–Muller; 1 − u keeps the logarithm finite.
      const radius = Math.sqrt(-2 * Math.log(1 - self.uniform()))
      const angle = 2 * Math.PI * self.uniform()
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
    below: (bound) => Math.floor(self.uniform() * bound),
    shuffle(array) {
      for (let i = array.length - 1; i > 0; i--) {
        const j = self.below(i + 1)
        const held = array[i]
        array[i] = array[j]
        array[j] = held
      }
      return array
    },
    permutation: (n) => self.shuffle(Int32Array.from({ length: n }, (_, i) => i)),
    split(...names) {
      let h = key
      for (const name of names) h = combine32(h, typeof name === 'number' ? mix32(name) : hashText(name))
      return stream(mix32(h))
    },
  }
  return self
}
