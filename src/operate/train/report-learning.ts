// Does it over-fit, would more data help: the winner's score on what it learned and on what it did not.
import type { Report } from '../../evaluate/report/index.js'
import type { CoreModel } from '../../learn/contracts/index.js'
import type { FinishedJob } from './train.js'

export function learningOf(job: FinishedJob, ladder: Report['ladder']): Report['learning'] {
  const { kept, learningCurve } = job
  const step = ladder.find(({ name }) => name === kept.candidate.name)
  if (step === undefined || !Number.isFinite(kept.trainScore)) return undefined
  return {
    train: kept.trainScore,
    validation: step.score,
    curve: learningCurve === undefined || learningCurve.length < 2 ? undefined : learningCurve,
    boosting: boostingOf(job),
  }
}

interface History {
  readonly train: readonly number[]
  readonly validation: readonly number[]
}

/** The loss by round of the first fold's boosting: the one that was kept, or the heaviest in the average. */
function boostingOf({ kept, ladder, data }: FinishedJob): NonNullable<Report['learning']>['boosting'] {
  const weights = kept.weights ?? { [kept.candidate.name]: 1 }
  const rung = ladder.rungs
    .filter(({ candidate }) => candidate.kind === 'boosting' && (weights[candidate.name] ?? 0) > 0)
    .toSorted((a, b) => weights[b.candidate.name]! - weights[a.candidate.name]!)[0]
  const learned = rung?.models[0] === undefined ? undefined : learnerOf(rung.models[0])
  const history = learned?.['history'] as History | undefined
  if (history === undefined || history.validation.length < 2) return undefined
  return {
    iteration: history.train.map((_, i) => i + 1),
    train: history.train,
    validation: history.validation,
    best: Number(learned!['bestIteration']),
    loss: data.task === 'regression' ? 'Squared error' : 'Log loss',
  }
}

/** What the learner at the end of a pipeline tells. */
function learnerOf(model: CoreModel): Readonly<Record<string, unknown>> {
  const steps = model.learned['steps'] as readonly Pick<CoreModel, 'learned'>[] | undefined
  return steps?.at(-1)?.learned ?? model.learned
}
