// Report and bundle of a finished job.
import { resolve, join } from 'node:path'
import { timestamp, type WorkOptions } from '../../base/index.js'
import { renderReport } from '../../evaluate/report/index.js'
import { exportOnnx, outputNames } from '../../learn/contracts/index.js'
import { baselineOf, type BundleContents, writeBundle } from '../bundle/index.js'
import { intervalHalfWidths } from './decide.js'
import { environment, packageVersion } from './environment.js'
import { reportOf } from './report-of.js'
import type { Places } from './result-of.js'
import { sampleOf } from './sample.js'
import type { FinishedJob } from './train.js'

export interface WriteOptions extends WorkOptions {
  /** How commands of the report call the bundle. */
  readonly shown: string
}

/** Writes the bundle, whole or not at all. */
export async function writeResults(job: FinishedJob, out: string, options: WriteOptions): Promise<Places> {
  options.signal?.throwIfAborted()
  options.onEvent?.({ type: 'phase-start', phase: 'write' })
  const bundle = resolve(out)
  await writeBundle(bundle, await contentsOf(job, resolve(options.shown)))
  return { bundle, report: join(bundle, 'report.html') }
}

async function contentsOf(job: FinishedJob, out: string): Promise<BundleContents> {
  const { data, settings, model, decision, judgement } = job
  const createdBy = `modelwright ${packageVersion()}`
  const onnx = exportOnnx(model, {
    threshold: decision.threshold,
    metadata: { producer: createdBy, target: settings.target },
  })
  return {
    onnx,
    report: await renderReport(await reportOf(job, out)),
    sample: await sampleOf(job),
    onnxVersion: '1.12.0',
    manifest: {
      format: 'modelwright-bundle',
      version: 1,
      createdBy,
      createdAt: timestamp(),
      task: data.task,
      target: settings.target,
      metric: job.metric.name,
      model: job.kept.candidate.name,
      seed: settings.seed,
      signature: { inputs: model.inputs, outputs: outputNames(model) },
      classes: model.classes,
      threshold: decision.threshold,
      scores: Object.fromEntries(judgement.metrics.map(({ metric, score }) => [metric.name, score])),
      predictionIntervals: intervalHalfWidths(job.ladder.target, job.kept.scores),
      data: {
        rows: data.table.rowCount,
        columns: data.table.names.length,
        leftOut: leftOut(job),
        hash: data.hash,
      },
      baseline: baselineOf(data.train.x.select(model.inputs.map(({ name }) => name))),
      recipe: job.recipe,
      environment: environment(),
    },
  }
}

function leftOut({ data, model, settings }: FinishedJob): string[] {
  const used = new Set([settings.target, ...model.inputs.map(({ name }) => name)])
  return data.table.names.filter((name) => !used.has(name))
}
