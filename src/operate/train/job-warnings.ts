// What a job warns of: the same on the screen, in the JSON document and on the report page.
import type { Profile } from '../../data/index.js'
import { profileAlerts } from '../../evaluate/report/index.js'
import type { Ladder } from '../../tune/ladder/index.js'
import { isImbalanced, rarestShare } from './decide.js'
import type { Judgement } from './judge.js'
import type { PreparedData } from './prepare-data.js'
import type { Stage } from './train.js'
import type { TrainWarning } from './train-result.js'

/** Where warnings come from beside the data. */
interface Sources {
  readonly ladder: Ladder
  readonly judgement: Judgement
  readonly profile: Profile
  /** By steps between. */
  readonly noticed: readonly { readonly code: string; readonly message: string }[]
}

/**
 * What was noticed on the way, and what the profile warns of. Where both speak of the same, as of a rare class, the
 * profile does, with its figures; what is only good to know is left to the report.
 */
export function jobWarnings(stage: Stage, { ladder, judgement, profile, noticed }: Sources): TrainWarning[] {
  const profiled = profileAlerts(profile.alerts).filter(({ severity }) => severity !== 'note')
  const codes = new Set(profiled.map(({ code }) => code))
  const own = [
    ...stage.data.warnings,
    ...noticed.map(({ code, message }) => ({ code, column: null, message })),
    ...ladderWarnings(stage, ladder),
    ...judgeWarnings(judgement, stage.data),
  ]
  // Of the test part and of the folds the same may be said.
  const isFirst = ({ message }: TrainWarning, i: number): boolean =>
    own.findIndex((one) => one.message === message) === i
  return [
    ...own.filter(isFirst).filter(({ code }) => !codes.has(code)),
    ...profiled.map(({ code, column, message }) => ({ code, column: column ?? null, message })),
  ]
}

function ladderWarnings({ data, options }: Stage, ladder: Ladder): TrainWarning[] {
  const { replay } = options
  const warnings: TrainWarning[] = []
  if (replay !== undefined && replay.dataHash !== data.hash) {
    warnings.push({
      code: 'data-changed',
      column: null,
      message: 'The data are not those of the recipe: the model differs from the one that it was made for.',
    })
  }
  const failed = ladder.skipped
    .filter(({ reason }) => !reason.includes('no time left'))
    .map(({ name, reason }) => ({ code: 'candidate-failed', column: null, message: `${name}: ${reason}` }))
  warnings.push(...failed)
  const late = ladder.skipped.filter(({ reason }) => reason.includes('no time left')).map(({ name }) => name)
  if (late.length > 0) {
    warnings.push({
      code: 'time-ended',
      column: null,
      message: `Not tried or not finished for want of time: ${late.join(', ')}.`,
    })
  }
  if (isImbalanced(data.train.target)) {
    const percent = Math.round(rarestShare(data.train.target) * 1000) / 10
    warnings.push({
      code: 'imbalance',
      column: null,
      message: `The rarest class has ${percent} % of the rows. Accuracy says little here; look at precision, recall and PR-AUC.`,
    })
  }
  return warnings
}

function judgeWarnings({ deciding }: Judgement, { test }: PreparedData): TrainWarning[] {
  if (!Number.isNaN(deciding.score)) return []
  const { label, name } = deciding.metric
  return [
    {
      code: 'metric-undefined',
      column: null,
      message: `${label} decided among the models, but has no meaning on the ${test.x.rowCount} rows set aside: they are of too few classes. There is no score by ${name}; give more rows of the rare class.`,
    },
  ]
}
