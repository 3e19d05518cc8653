// A training job as a run: its settings, what was tried, what came out, the data, the bundle and the report.
import { readManifest } from '../bundle/index.js'
import type { FinishedTraining, TrainingLog, TrainingStart } from '../train/index.js'
import { attempter, type AttemptOptions } from './attempt.js'
import { flatten } from './flatten.js'
import type { RunOptions, TrackedRun } from './run-options.js'
import { keepTestRows, testRowsTag } from './test-rows.js'
import { metricName } from './training-events.js'

/** Where the bundle of a run lies among its artifacts: the folder that `runs:/<id>/model` means to MLflow's tools. */
export const modelFolder = 'model'

/** Starts the run of a job; where that fails the job goes on without one, unless errors are wanted. */
export async function trainingLog(
  start: (options: RunOptions) => Promise<TrackedRun>,
  { settings, isReplay, run: { testRows = true, ...given }, signal }: TrainingStart,
  attempts: AttemptOptions,
): Promise<TrainingLog> {
  let run: TrackedRun | undefined
  signal?.throwIfAborted()
  // The signal ends the job, and the job its run: ended by both, the run would not know what the job still tells.
  await attempter(
    undefined,
    attempts,
  )(async () => {
    run = await start({
      ...given,
      tags: { 'modelwright.kind': isReplay ? 'replay' : 'train', ...given.tags },
    })
  })
  if (run === undefined) return withoutRun
  const own = run
  await own.logParams(flatten(settings))
  return {
    runId: own.id,
    onEvent: own.onEvent,
    async finished(job) {
      await logFinished(own, job)
      if (testRows) await keepTestRows(own, job.testRows(), attempts)
      else await own.setTag(testRowsTag, 'none')
      await own.end()
    },
    failed: (error) => own.end({ error, ...(signal?.aborted === true && { status: 'KILLED' as const }) }),
  }
}

const withoutRun: TrainingLog = {
  runId: undefined,
  onEvent: () => undefined,
  finished: () => Promise.resolve(),
  failed: () => Promise.resolve(),
}

async function logFinished(run: TrackedRun, job: FinishedTraining): Promise<void> {
  const { files } = await readManifest(job.bundle)
  const { result, winner, table, source, bundle } = job
  await Promise.all([
    run.logParams({ model: winner }),
    run.log(metricsOf(job)),
    run.setTags({
      'modelwright.task': result.task,
      'modelwright.target': result.target,
      'modelwright.metric': result.metric,
      'modelwright.model': result.model,
      'modelwright.betterChoice': result.betterChoice,
      'modelwright.dataHash': job.hash,
      // By these two the registry knows which run made a folder.
      'modelwright.modelHash': files['model.onnx'],
      ...(result.warnings.length > 0 && {
        'modelwright.warnings': result.warnings.map(({ message }) => message).join('\n'),
      }),
    }),
    run.logDataset(table, { source, target: result.target, context: 'training' }),
    run.logTable('leaderboard.json', result.leaderboard),
    run.logModel(bundle, modelFolder),
    run.logArtifact(`${bundle}/report.html`),
  ])
}

/** Scores by the names of their metrics, told apart by what they were measured on. */
function metricsOf({ result }: FinishedTraining): Record<string, number> {
  const metrics: Record<string, number> = {
    rows: result.rows,
    columns: result.columns,
    seconds: result.seconds,
  }
  for (const [name, score] of Object.entries(result.scores)) metrics[`test_${metricName(name)}`] = score
  for (const [name, [low, high]] of Object.entries(result.intervals)) {
    metrics[`test_${metricName(name)}_low`] = low
    metrics[`test_${metricName(name)}_high`] = high
  }
  for (const [name, score] of Object.entries(result.baseline)) metrics[`baseline_${metricName(name)}`] = score
  const kept = result.leaderboard.find(({ name }) => name === result.model)
  if (kept !== undefined) {
    metrics[`validation_${metricName(result.metric)}`] = kept.score
    metrics['fit_seconds'] = kept.fitSeconds
  }
  return metrics
}
