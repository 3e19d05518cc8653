// Typed arrays that grow while rows arrive. Memory that is taken but not yet written costs address space only.

export interface Growable<A extends Float64Array | Float32Array | Int32Array | Uint8Array> {
  /** The array with room for at least `length` values; what was written stays. */
  reserve(length: number): A
  /** The first `length` values, without a copy. */
  view(length: number): A
  /** The first `length` values, in an array of their own. */
  finish(length: number): A
}

export function growable<A extends Float64Array | Float32Array | Int32Array | Uint8Array>(
  make: (length: number) => A,
  estimate: number,
): Growable<A> {
  // 2048 is a chunk of the engine: nothing smaller ever arrives.
  let array = make(Math.max(2048, estimate))
  return {
    reserve(length) {
      if (length <= array.length) return array
      const larger = make(Math.max(length, Math.ceil(array.length * 1.5)))
      larger.set(array)
      array = larger
      return array
    },
    view: (length) => array.subarray(0, length) as A,
    finish: (length) => (length === array.length ? array : (array.slice(0, length) as A)),
  }
}
