// From the chosen rung to the model that is kept.
import type { Rng, WorkOptions } from '../../base/index.js'
import type { LearningData } from '../../evaluate/validation/index.js'
import { createFromRecipe, type Recipe } from '../../learn/catalogue.js'
import { votingModel } from '../../learn/compose/index.js'
import type { CoreEstimator, CoreModel } from '../../learn/contracts/index.js'
import type { Ladder } from './climb.js'
import type { Rung } from './rung.js'

export interface FinishOptions extends WorkOptions {
  readonly rng: Rng
  readonly threads?: number | undefined
}

/**
 * Fits the chosen rung on all rows; boosting takes the number of trees that cross-validation found. An average is made
 * of the models that the folds have fitted already: they are what was judged, and their mean is steadier than one fit.
 */
export async function finish(
  ladder: Ladder,
  chosen: Rung,
  given: { readonly data: LearningData; readonly options: FinishOptions },
): Promise<CoreModel> {
  const { weights } = chosen
  if (weights !== undefined) {
    const members = ladder.rungs.filter((rung) => (weights[rung.candidate.name] ?? 0) > 0)
    return votingModel(
      members.flatMap((rung) => rung.models),
      members.flatMap((rung) => rung.models.map(() => weights[rung.candidate.name]! / rung.models.length)),
    )
  }
  const estimator = (await createFromRecipe(resolvedRecipe(chosen))) as CoreEstimator
  return estimator.fitCore({ ...given.data, ...given.options })
}

/** The recipe with the number of rounds that early stopping found, on average over the folds. */
export function resolvedRecipe({ candidate, models }: Rung): Recipe {
  const rounds = models.map(bestIterationOf).filter((count) => count !== undefined)
  if (rounds.length === 0) return candidate.recipe
  const nEstimators = Math.max(1, Math.round(rounds.reduce((sum, count) => sum + count, 0) / rounds.length))
  const steps = candidate.recipe.options['steps'] as Recipe[] | undefined
  const fixed = (recipe: Recipe): Recipe => ({
    ...recipe,
    options: { ...recipe.options, nEstimators, earlyStoppingRounds: null },
  })
  if (steps === undefined) return fixed(candidate.recipe)
  return {
    kind: 'pipeline',
    options: { steps: steps.map((step, i) => (i === steps.length - 1 ? fixed(step) : step)) },
  }
}

function bestIterationOf(model: CoreModel): number | undefined {
  const steps = model.learned['steps'] as
    | readonly { readonly learned?: Readonly<Record<string, unknown>> }[]
    | undefined
  const learned = steps?.at(-1)?.learned ?? model.learned
  const found = learned['bestIteration']
  return typeof found === 'number' ? found : undefined
}
