// The ladder for the report: scores with intervals, and what each step buys.
import { actualOf, classCount, predictedOf } from '../../evaluate/validation/index.js'
import type { Report } from '../../evaluate/report/index.js'
import { bootstrapInterval } from '../../metrics/index.js'
import type { Rung } from '../../tune/ladder/index.js'
import type { FinishedJob } from './train.js'

type Step = Report['ladder'][number]

/** Half the usual resamples: the ladder has up to ten rungs, and two digits of an interval are enough to see. */
const resamples = 500

/** All rungs from the baseline up, then what was left out. */
export async function ladderOf(job: FinishedJob): Promise<Step[]> {
  const steps: Step[] = []
  for (const rung of job.ladder.rungs) steps.push(await stepOf(job, rung))
  return steps
}

async function stepOf({ ladder, metric }: FinishedJob, rung: Rung): Promise<Step> {
  const actual = actualOf(ladder.target)
  const prepared = metric.prepare(actual, predictedOf(rung.scores, classCount(ladder.target)))
  const strata = actual.kind === 'classes' ? { strata: actual.codes } : {}
  const { score, low, high } = await bootstrapInterval(prepared, ladder.rows.length, {
    seed: 0,
    resamples,
    ...strata,
  })
  return {
    name: rung.candidate.name,
    kind: rung.candidate.kind,
    isBaseline: rung.candidate.kind === 'constant',
    score: { value: score, low, high },
    gain: gainOf(rung, metric.greaterIsBetter),
    fitSeconds: rung.fitSeconds,
    predictSecondsPer1000: rung.predictSecondsPer1000,
    note: rung.candidate.about,
  }
}

function gainOf({ step }: Rung, greaterIsBetter: boolean): Step['gain'] {
  if (step === undefined) return undefined
  const { difference, low, high, pValue, withinNoise } = step.comparison
  const sign = greaterIsBetter ? 1 : -1
  return {
    over: step.against,
    value: sign * difference,
    low: Math.min(sign * low, sign * high),
    high: Math.max(sign * low, sign * high),
    pValue,
    isWithinNoise: withinNoise,
  }
}
