// Fitting preparations one after another: shared by pipelines and by column routes.
import type { FitData, Portability, Transform, Transformer } from '../contracts/index.js'

export interface FittedSteps {
  readonly transforms: readonly Transform[]
  /** The data as the next step should see it. */
  readonly data: FitData
}

/** Fits each transformer on what the one before it gives; random streams are named by position. */
export async function fitSteps(steps: readonly Transformer[], start: FitData): Promise<FittedSteps> {
  const transforms: Transform[] = []
  let data = start
  for (const [i, step] of steps.entries()) {
    const { transform, training } = await step.fitCore({ ...data, rng: start.rng.split('step', i) })
    transforms.push(transform)
    const { validation } = data
    data = {
      ...data,
      x: training,
      ...(validation === undefined
        ? {}
        : { validation: { ...validation, x: transform.apply(validation.x) } }),
    }
  }
  return { transforms, data: { ...data, rng: start.rng.split('learner') } }
}

const order: readonly Portability[] = ['none', 'approximate', 'exact']

/** A chain is as portable as its least portable part. */
export function leastPortable(parts: readonly { readonly portable: Portability }[]): Portability {
  return order[Math.min(...parts.map((part) => order.indexOf(part.portable)))] ?? 'exact'
}
