// The ladder for the report: scores with intervals, and what each step buys.
import {
  actualOf,
  affordableResamples,
  classCount,
  evenRows,
  predictedOf,
  takeScores,
} from '../../evaluate/validation/index.js'
import type { Report } from '../../evaluate/report/index.js'
import { takeTarget } from '../../learn/contracts/index.js'
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

/** Rows that intervals of rungs are measured on; of longer tables, evenly spaced ones. */
const intervalRows = 50_000

async function stepOf(job: FinishedJob, rung: Rung): Promise<Step> {
  return {
    name: rung.candidate.name,
    kind: rung.candidate.kind,
    isBaseline: rung.candidate.kind === 'constant',
    score: await intervalOf(job, rung),
    gain: gainOf(rung, job.metric.greaterIsBetter),
    fitSeconds: rung.fitSeconds,
    predictSecondsPer1000: rung.predictSecondsPer1000,
    note: rung.candidate.about,
  }
}

/**
 * The score with its bootstrap interval. Of a sample of m in n rows the interval is narrowed by √(m/n), as the error of
 * a score falls with the root of the rows.
 *
 * @see Bickel, Götze & van Zwet 1997, Resampling fewer than n observations
 */
async function intervalOf({ ladder, metric }: FinishedJob, rung: Rung): Promise<Step['score']> {
  const n = ladder.rows.length
  const rows = evenRows(n, intervalRows)
  const m = rows.length
  const target = takeTarget(ladder.target, rows)
  const k = classCount(target)
  const width = Math.max(1, k)
  const scores = takeScores(rung.scores, rows, width)
  const actual = actualOf(target)
  const strata = actual.kind === 'classes' ? { strata: actual.codes } : {}
  const found = await bootstrapInterval(metric.prepare(actual, predictedOf(scores, k)), m, {
    seed: 0,
    resamples: affordableResamples([metric], { rows: m, classes: k }, resamples),
    ...strata,
  })
  const narrow = Math.sqrt(m / n)
  return {
    value: rung.score,
    low: rung.score - narrow * (found.score - found.low),
    high: rung.score + narrow * (found.high - found.score),
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
