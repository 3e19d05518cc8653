// Runs of the store in the words of the page.
import type { Run, RunInfo } from '../../../operate/store/index.js'
import { figure } from './figures.js'
import type { RunHead, RunRowData } from './page-types.js'

export const headOf = (run: RunInfo): RunHead => ({
  runId: run.runId,
  experimentId: run.experimentId,
  name: run.name,
  status: run.status,
  userId: run.userId,
  startTime: run.startTime,
  endTime: run.endTime ?? null,
  lifecycleStage: run.lifecycleStage,
})

export const rowOf = (run: Run): RunRowData => ({
  ...headOf(run),
  params: run.params,
  tags: run.tags,
  metrics: Object.fromEntries(run.metrics.map(({ key, value }) => [key, figure(value)])),
})
