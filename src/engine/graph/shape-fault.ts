// Sizes that do not go together: the operation, the operands and the line of the user's code.
import { ShapeError } from '../../base/index.js'
import type { Primitive } from './primitives.js'
import { userLine } from './user-line.js'
import { formatSpec, type Spec } from './value.js'

/** @param why - what was expected, as the end of a sentence */
export function shapeFault(primitive: Primitive, inputs: readonly Spec[], why: string): ShapeError {
  const operands = inputs.map(formatSpec)
  return new ShapeError(`${primitive}(${operands.join(', ')})${userLine()}: ${why}.`, {
    expected: why,
    received: operands,
    where: primitive,
  })
}
