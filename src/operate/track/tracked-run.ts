// A run that is being written: its calls are checked, gathered by the writer, and followed by how it ended.
import { readTable } from '../../data/index.js'
import { asTable } from '../../learn/contracts/index.js'
import type { LogBatch, Run } from '../store/index.js'
import { attempter, type AttemptOptions } from './attempt.js'
import { datasetInput } from './dataset.js'
import { eventSink } from './event-sink.js'
import { flatten } from './flatten.js'
import { type LoggedValue, textOf } from './limits.js'
import { paramsOf, pointsOf, tagsOf } from './logged-values.js'
import { type EndingParts, runEnding } from './run-ending.js'
import {
  type FileWriter,
  fileWriter,
  modelHistoryEntry,
  tableText,
  writeArtifact,
  writeFigure,
  writeFolder,
  writeModel,
} from './run-files.js'
import type { RunOptions, TrackedRun } from './run-options.js'
import { openWriter, retrying } from './writer.js'

export interface RunContext extends AttemptOptions, Pick<EndingParts, 'backend' | 'retry' | 'reopen'> {
  /** Starts a run that is a part of this one. */
  child(parent: string, experimentId: string, options: RunOptions): Promise<TrackedRun>
}

/** The run behind its record in the store. */
export function trackedRun(run: Run, context: RunContext, options: RunOptions): TrackedRun {
  const { backend, retry } = context
  const { runId: id, experimentId, name } = run
  const attempt = attempter(id, context)
  const writer = openWriter({ write: (batch) => backend.logBatch(id, batch), retrySeconds: retry })
  const ending = runEnding(
    run,
    {
      ...context,
      attempt,
      drained: () => writer.drained(),
      sample: (values, step) => void add(() => ({ metrics: pointsOf(values, { step }) }), true),
    },
    options,
  )
  function add(batch: () => LogBatch, lazy = false): Promise<boolean> {
    return attempt(async () => {
      ending.requireOpen()
      await writer.add(batch(), { lazy })
    })
  }
  const setTags = (values: Readonly<Record<string, LoggedValue>>): Promise<boolean> =>
    add(() => ({ tags: tagsOf(values) }))
  const inTime = (work: () => Promise<unknown>): Promise<boolean> =>
    attempt(() => {
      ending.requireOpen()
      return ending.during(retrying(work, retry)())
    })
  return {
    id,
    experimentId,
    name,
    url: backend.pageOf(run),
    logParam: (key, value) => add(() => ({ params: paramsOf({ [key]: textOf(value) }) })),
    logParams: (values) => add(() => ({ params: paramsOf(flatten(values)) })),
    logMetric: (key, value, given) => add(() => ({ metrics: pointsOf({ [key]: value }, given) })),
    log: (values, given) => add(() => ({ metrics: pointsOf(values, given) })),
    setTag: (key, value) => setTags({ [key]: value }),
    setTags,
    setNote: (text) => setTags({ 'mlflow.note.content': text }),
    ...fileCalls(fileWriter(backend.artifacts, run), {
      inTime,
      runId: id,
      setTags: (values) => writer.add({ tags: tagsOf(values) }),
    }),
    logDataset: (data, given = {}) =>
      inTime(async () => {
        const source = given.source ?? (typeof data === 'string' ? data : undefined)
        const table = typeof data === 'string' ? await readTable(data) : asTable(data)
        await backend.logInputs(id, [datasetInput(table, { ...given, source })])
      }),
    child: (given = {}) => context.child(id, experimentId, given),
    onEvent: eventSink({ add, setTags, crowded: () => writer.crowded, drained: () => writer.drained() }),
    fail: (error) => ending.fail(error),
    end: (given) => ending.end(given),
    [Symbol.asyncDispose]: () => ending.leave(),
  }
}

interface FileParts {
  readonly runId: string
  inTime(work: () => Promise<unknown>): Promise<boolean>
  setTags(values: Readonly<Record<string, LoggedValue>>): Promise<void>
}

type FileCalls = Pick<TrackedRun, 'logArtifact' | 'logArtifacts' | 'logTable' | 'logFigure' | 'logModel'>

/** Calls about files; MLflow's page finds tables and models by tags that list them. */
function fileCalls(write: FileWriter, { runId, inTime, setTags }: FileParts): FileCalls {
  const tables: object[] = []
  const models: object[] = []
  return {
    logArtifact: (input, folder) => inTime(() => writeArtifact(write, input, folder)),
    logArtifacts: (local, folder) => inTime(() => writeFolder(write, local, folder)),
    logTable: (path, rows) =>
      inTime(async () => {
        await write(path, tableText(rows))
        tables.push({ path, type: 'table' })
        await setTags({ 'mlflow.loggedArtifacts': tables })
      }),
    logFigure: (path, spec) => inTime(() => writeFigure(write, path, spec)),
    logModel: (model, folder = 'model') =>
      inTime(async () => {
        await writeModel(write, model, folder)
        models.push(modelHistoryEntry(runId, folder))
        await setTags({ 'mlflow.log-model.history': models })
      }),
  }
}
