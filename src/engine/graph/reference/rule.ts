// The form of the interpreter's rules.
import type { NDArray } from '../array.js'
import type { Primitive, PrimitiveParams } from '../primitives.js'

export type Rules<P extends Primitive> = {
  readonly [K in P]: (inputs: readonly NDArray[], params: PrimitiveParams[K]) => readonly NDArray[]
}
