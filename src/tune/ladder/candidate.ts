// A rung of the ladder before it is climbed: a description as data, so that a recipe can hold it.
import type { Recipe } from '../../learn/catalogue.js'

/** From simple to complex; the order in which ties are broken. */
export const rungKinds = ['constant', 'linear', 'tree', 'boosting', 'average'] as const
export type RungKind = (typeof rungKinds)[number]

/** A model worth trying. */
export interface Candidate {
  /** Short and unique on the ladder. */
  readonly name: string
  readonly kind: RungKind
  /** What this step adds, in a few words. */
  readonly about: string
  readonly recipe: Recipe
  /** Seconds that one fit takes, as estimated beforehand; decides only what there is time for. */
  readonly cost: number
}
