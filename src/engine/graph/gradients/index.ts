// The table of gradients.
import type { Primitive } from '../primitives.js'
import { elementwiseGradients } from './elementwise.js'
import { networkGradients } from './network.js'
import { reductionGradients } from './reductions.js'
import type { GradientRule, GradientRules } from './rule.js'
import { shapeGradients } from './shapes.js'
import { structureGradients } from './structure.js'

const rules: GradientRules<Primitive> = {
  ...elementwiseGradients,
  ...shapeGradients,
  ...reductionGradients,
  ...networkGradients,
  ...structureGradients,
}

export const gradientRule = (primitive: Primitive): GradientRule<Primitive> =>
  rules[primitive] as GradientRule<Primitive>

export type { ReverseMode, Sources } from './rule.js'
