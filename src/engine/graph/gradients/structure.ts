// Gradients of graphs within graphs.
import { UsageError } from '../../../base/index.js'
import { bindAll } from '../bind.js'
import { inline } from '../inline.js'
import { zerosLike } from '../operations/index.js'
import type { StructureParams } from '../primitives.js'
import { userLine } from '../user-line.js'
import { type Graph, isFloat, type Tensor, type Value } from '../value.js'
import { backwardBody } from '../scan-backward.js'
import type { GradientContext, GradientRules } from './rule.js'

/** Cotangents as tensors: zeros where nothing depends on an output. */
const filled = (outputs: readonly Value[], cotangents: readonly (Tensor | undefined)[]): Tensor[] =>
  outputs.map((output, i) => cotangents[i] ?? zerosLike(output))

function callGradients({
  inputs,
  outputs,
  cotangents,
  params,
  reverse,
}: GradientContext<'call'>): readonly (Tensor | undefined)[] {
  const { gradient, graph } = params
  const given = filled(outputs, cotangents)
  if (gradient !== undefined) return inline(gradient, [...inputs, ...outputs, ...given])
  const wanted = inputs.map(isFloat)
  const gradients = inline(reverse.pullback(graph, wanted), [...inputs, ...given])
  return spread(wanted, gradients)
}

/** Puts gradients in the places that were wanted. */
function spread(wanted: readonly boolean[], gradients: readonly Tensor[]): (Tensor | undefined)[] {
  let next = 0
  return wanted.map((want) => (want ? gradients[next++] : undefined))
}

/**
 * The loop run backwards: each step differentiates the body at the values that it began with, which the forward loop kept
 * (see `keepingStarts`).
 */
function scanGradients(context: GradientContext<'scan'>): readonly (Tensor | undefined)[] {
  const { inputs, outputs, cotangents, params } = context
  const { carried, sliced, steps, reverse, body, unroll } = params
  const stacked = body.outputs.length - 2 * carried
  const starts = outputs.slice(carried + stacked)
  const constants = inputs.slice(carried + sliced)
  const wanted = inputs.map(isFloat)
  const floats = <T>(list: readonly T[], from: number): T[] => list.filter((_, i) => wanted[from + i])
  const given = filled(outputs, cotangents).slice(0, carried + stacked)
  const stateCotangents = floats(given.slice(0, carried), 0)
  const sums = floats(constants, carried + sliced).map(zerosLike)
  const results = bindAll(
    'scan',
    [
      ...stateCotangents,
      ...sums,
      ...starts,
      ...inputs.slice(carried, carried + sliced),
      ...given.slice(carried),
      ...constants,
    ],
    {
      body: backwardBody(original(body, carried), { carried, sliced, wanted, reverse: context.reverse }),
      carried: stateCotangents.length + sums.length,
      sliced: carried + sliced + stacked,
      steps,
      reverse: !reverse,
      unroll,
    },
  )
  const [first, second] = [stateCotangents.length, stateCotangents.length + sums.length]
  return spread(wanted, [
    ...results.slice(0, first),
    ...results.slice(second),
    ...results.slice(first, second),
  ])
}

/** The body without the starts that were added to its outputs. */
const original = (body: Graph, carried: number): Graph => ({
  ...body,
  outputs: body.outputs.slice(0, -carried),
})

/** How many steps there were is not known, so that their values cannot be kept. */
function noWhileGradient(): never {
  throw new UsageError(
    `whileLoop: it has no gradient, as nobody knows beforehand how many steps to keep${userLine()}. Use repeat or scan with the most steps that may be needed, and keep the carry with where() once the condition fails; or stopGradient() on what goes in.`,
    { argument: 'whileLoop' },
  )
}

export const structureGradients: GradientRules<keyof StructureParams> = {
  call: callGradients,
  scan: scanGradients,
  whileLoop: noWhileGradient,
}
