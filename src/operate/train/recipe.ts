// What decides the result of a job, as data: replaying it needs no clock.
import { FormatError } from '../../base/index.js'
import type { Candidate } from '../../tune/ladder/index.js'
import type { TrainSettings } from './train-options.js'

/** The resolved recipe that a bundle holds. */
export interface TrainRecipe {
  readonly version: 1
  readonly settings: TrainSettings
  /** The candidates that were climbed within the time. */
  readonly candidates: readonly Candidate[]
  /** The learning curve was drawn. */
  readonly learningCurve: boolean
  /** Permutation importance was measured. */
  readonly importance: boolean
  /** Content hash of the table, to tell when other data are given. */
  readonly dataHash: string
}

/** @throws {@link FormatError} unless this is a recipe of a version known here */
export function checkRecipe(value: unknown, path: string): TrainRecipe {
  const recipe = value as Partial<TrainRecipe> | null
  const isRecipe =
    typeof recipe === 'object' &&
    recipe?.version === 1 &&
    Array.isArray(recipe.candidates) &&
    typeof recipe.settings === 'object' &&
    recipe.settings !== null
  if (isRecipe) return recipe as TrainRecipe
  throw new FormatError(
    `The bundle '${path}' holds no recipe of version 1 to replay. Train again without one.`,
    {
      format: 'modelwright-bundle',
      path,
    },
  )
}
