// A finished job as the data of its report page.
import { timestamp } from '../../base/index.js'
import {
  leakageAlerts,
  profileAlerts,
  profileData,
  type Report,
  type ReportAlert,
} from '../../evaluate/report/index.js'
import { environment } from './environment.js'
import { commandsOf } from './commands-of.js'
import { metricInfo, sourceName } from './report-words.js'
import { learningOf } from './report-learning.js'
import { ladderOf } from './report-ladder.js'
import { classificationOf, regressionOf, slicesOf } from './report-results.js'
import type { FinishedJob } from './train.js'

/** The report of a job. */
export async function reportOf(job: FinishedJob, out: string): Promise<Report> {
  const { data, settings, judgement } = job
  const ladder = await ladderOf(job)
  return {
    format: 1,
    createdAt: timestamp(),
    job: {
      task: data.task,
      target: settings.target,
      metric: metricInfo(job.metric),
      positiveClass: data.task === 'binary' ? String(job.model.classes[1]) : undefined,
      seconds: job.elapsed(),
    },
    verdict: verdictOf(job),
    data: dataOf(job),
    ladder,
    testMetrics: judgement.metrics.map(({ metric, score, low, high, baseline }) => ({
      ...metricInfo(metric),
      value: score,
      low,
      high,
      baseline: Number.isFinite(baseline) ? baseline : undefined,
    })),
    classification: classificationOf(job),
    regression: regressionOf(job),
    importance: importanceOf(job),
    slices: await slicesOf(job),
    learning: learningOf(job, ladder),
    profile: profileData(job.profile, {
      source: sourceName(job),
      leftOut: [...data.dropped, ...settings.drop],
    }),
    alerts: alertsOf(job),
    reproduction: {
      commands: commandsOf(settings, out),
      seed: settings.seed,
      versions: environment(),
      recipe: job.recipe,
    },
    card: { training: trainingLines(job), limits: [] },
    environment: environment(),
  }
}

function verdictOf(job: FinishedJob): Report['verdict'] {
  const { judgement, choice, kept, metric } = job
  const { deciding } = judgement
  // The page counts gains as positive; for a loss the difference is turned around.
  const sign = metric.greaterIsBetter ? 1 : -1
  const { gain } = judgement
  return {
    model: kept.candidate.name,
    best: choice.best.candidate.name,
    betterChoice: choice.chosen.candidate.name,
    score: { value: deciding.score, low: deciding.low, high: deciding.high },
    baselineScore: deciding.baseline,
    gain:
      gain === undefined
        ? undefined
        : {
            value: sign * gain.difference,
            low: Math.min(sign * gain.low, sign * gain.high),
            high: Math.max(sign * gain.low, sign * gain.high),
          },
  }
}

function dataOf(job: FinishedJob): Report['data'] {
  const { data, model, folds } = job
  return {
    source: sourceName(job),
    rows: data.table.rowCount,
    columns: data.table.names.length,
    featuresUsed: model.inputs.length,
    hash: data.hash,
    split: data.splitText,
    folds: folds.length,
    parts: [
      { name: 'train', rows: data.train.x.rowCount },
      { name: 'test', rows: data.test.x.rowCount },
    ],
  }
}

function importanceOf({ importance, metric, judgement }: FinishedJob): Report['importance'] {
  if (importance === undefined || importance.length === 0) return undefined
  if (Number.isNaN(judgement.deciding.score)) return undefined
  return {
    metric: metricInfo(metric),
    repeats: importance[0]!.repeats,
    part: 'test',
    columns: importance,
  }
}

/** Leaks first, then what the job noticed, then what the profile says. */
function alertsOf({ data, warnings, profile: { alerts } }: FinishedJob): ReportAlert[] {
  const leaks = new Set(data.findings.map(({ code }) => code as string))
  const profiled = new Set(alerts.map(({ code }) => code as string))
  const own = warnings.filter(({ code }) => !leaks.has(code) && !profiled.has(code))
  return [
    ...leakageAlerts(data.findings, data.dropped),
    ...own.map(({ code, column, message }) => ({
      code,
      column: column ?? undefined,
      message,
      severity: 'warning' as const,
    })),
    ...profileAlerts(alerts),
  ]
}

function trainingLines({ kept, ladder, data, folds }: FinishedJob): string[] {
  return [
    `${kept.candidate.name}: ${kept.candidate.about}.`,
    `Chosen among ${ladder.rungs.length} models by ${folds.length === 1 ? 'a part set aside' : `${folds.length}-fold cross-validation`} on ${data.train.x.rowCount} rows.`,
    `Judged once on ${data.test.x.rowCount} rows: ${data.splitText}.`,
  ]
}
