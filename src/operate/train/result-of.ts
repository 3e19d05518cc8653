// The plain result of a job.
import type { TrainResult } from './train-result.js'
import type { FinishedJob } from './train.js'

/** Where a job wrote. */
export interface Places {
  readonly bundle: string
  readonly report: string
}

export function resultOf(job: FinishedJob, places: Places | undefined, runId?: string): TrainResult {
  const { data, judgement, ladder, settings } = job
  const { deciding } = judgement
  const byMetric = <T>(pick: (metric: (typeof judgement.metrics)[number]) => T): Record<string, T> =>
    Object.fromEntries(judgement.metrics.map((judged) => [judged.metric.name, pick(judged)]))
  return {
    task: data.task,
    target: settings.target,
    metric: job.metric.name,
    rows: data.table.rowCount,
    columns: data.table.names.length,
    seed: settings.seed,
    seconds: round3(job.elapsed()),
    bundle: places?.bundle ?? null,
    report: places?.report ?? null,
    runId: runId ?? null,
    model: job.kept.candidate.name,
    betterChoice: job.choice.chosen.candidate.name,
    scores: { [deciding.metric.name]: deciding.score, ...byMetric(({ score }) => score) },
    intervals: byMetric(({ low, high }) => [low, high] as const),
    baseline: { [deciding.metric.name]: deciding.baseline, ...byMetric(({ baseline }) => baseline) },
    leaderboard: ladder.rungs.map(({ candidate, score, fitSeconds, predictSecondsPer1000 }) => ({
      name: candidate.name,
      kind: candidate.kind,
      score,
      fitSeconds: round3(fitSeconds),
      predictSecondsPer1000: Number(predictSecondsPer1000.toPrecision(3)),
    })),
    warnings: job.warnings,
  }
}

const round3 = (seconds: number): number => Math.round(seconds * 1000) / 1000
