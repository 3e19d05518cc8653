// The reference interpreter: what each primitive means, in plain loops. It defines results, checks the runtime, folds
// constants and answers outside of a trace.
import { outOfMemory } from '../../../base/index.js'
import { dataClass, type NDArray, sizeOf } from '../array.js'
import type { Primitive, PrimitiveParams } from '../primitives.js'
import { outputSpecs } from '../shapes.js'
import { formatSpec } from '../value.js'
import { elementwiseRules } from './elementwise.js'
import { indexRules } from './indices.js'
import { networkRules } from './network.js'
import { reductionRules } from './reductions.js'
import type { Rules } from './rule.js'
import { shapeRules } from './shapes.js'
import { structureRules } from './structure.js'
import { windowRules } from './windows.js'

const rules: Rules<Primitive> = {
  ...elementwiseRules,
  ...shapeRules,
  ...indexRules,
  ...reductionRules,
  ...networkRules,
  ...windowRules,
  ...structureRules(evaluate),
}

/** What a primitive gives for arrays. */
export function evaluate<P extends Primitive>(
  primitive: P,
  inputs: readonly NDArray[],
  params: PrimitiveParams[P],
): readonly NDArray[] {
  try {
    return (rules[primitive] as Rules<P>[P])(inputs, params)
  } catch (error) {
    // JavaScript's word for an array that it cannot make.
    if (!(error instanceof RangeError)) throw error
    const bytes = outputSpecs(primitive, inputs, params).map(
      ({ dtype, shape }) => sizeOf(shape as number[]) * dataClass[dtype].BYTES_PER_ELEMENT,
    )
    throw outOfMemory(
      `${primitive}(${inputs.map(formatSpec).join(', ')})`,
      bytes.reduce((a, b) => a + b, 0),
      error,
    )
  }
}
