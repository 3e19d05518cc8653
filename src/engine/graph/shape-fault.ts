// Sizes that do not go together: the operation, the operands and the line of the user's code.
import { ShapeError } from '../../base/index.js'
import { userLine } from './user-line.js'
import { formatSpec, type Spec } from './value.js'

/**
 * @param operation - a primitive, or an operation made of several
 * @param why - what was expected, as the end of a sentence
 */
export function shapeFault(operation: string, inputs: readonly Spec[], why: string): ShapeError {
  const operands = inputs.map(formatSpec)
  return new ShapeError(`${operation}(${operands.join(', ')})${userLine()}: ${why}.`, {
    expected: why,
    received: operands,
    where: operation,
  })
}
