// Runs a recipe again, says what differs between then and now, and compares what comes out.
import { stat } from 'node:fs/promises'
import { InternalError, NotFoundError, UsageError, type WorkOptions } from '../../../base/index.js'
import type { Table } from '../../../data/index.js'
import { parseManifest } from '../../bundle/index.js'
import { train, trainingEnvironment, type TrainRecipe, type TrainResult } from '../../train/index.js'
import { profileOf } from '../dataset.js'
import { captureEnvironment } from '../environment.js'
import type { Tracker } from '../tracker.js'
import { testRowsTag } from '../test-rows.js'
import { modelFolder } from '../training-log.js'
import { dataDifferences, type Difference, environmentDifferences, recordDifferences } from './difference.js'
import { findOrigin, type Origin, readCandidates, readText } from './origin.js'

export interface RerunOptions extends WorkOptions {
  readonly tracker: Tracker
  /** Where the data lie now. @default where they lay then */
  readonly source?: string | undefined
  /** The rows themselves, for a job that was given rows. */
  readonly table?: Table | readonly object[] | undefined
  /** The folder of the new bundle. @default the run alone keeps it */
  readonly out?: string | undefined
  readonly threads?: number | undefined
  /** Told before the work begins what differs in code, versions and machine. */
  readonly onDifferences?: ((differences: readonly Difference[]) => void) | undefined
}

/** A score that is not what it was. */
export interface ScoreDifference {
  /** A metric on the test part, or `candidate <name>` in validation. */
  readonly what: string
  readonly before: number
  readonly now: number
}

export interface Rerun {
  /** The run or the bundle that was run again. */
  readonly of: string
  readonly result: TrainResult
  /** The new run. */
  readonly runId: string
  /** What differs between then and now; data too. */
  readonly differences: readonly Difference[]
  /** The graph is the same, byte by byte. */
  readonly sameModel: boolean
  /** Scores that differ; none where all are equal. */
  readonly scores: readonly ScoreDifference[]
}

/** Behind the door of this name: doors.ts. */
export async function rerun(id: string, options: RerunOptions): Promise<Rerun> {
  const { tracker, table, out, threads, signal, onEvent } = options
  const { backend } = tracker
  const origin = await findOrigin(id, backend)
  const before = await circumstances(origin)
  options.onDifferences?.(before)
  const recipe = await replayable(origin, options)
  const { result } = await train({
    target: recipe.settings.target,
    replay: recipe,
    table,
    out,
    threads,
    signal,
    onEvent,
    tracker,
    run: await runOptions(origin, tracker),
  })
  if (result.runId === null)
    throw new InternalError(
      'The run of a rerun was not kept, though its store was opened. See the warnings before.',
    )
  const run = await backend.getRun(result.runId)
  const manifestText = await readText(backend, run, `${modelFolder}/manifest.json`)
  const manifest = parseManifest(manifestText ?? '', `runs:/${run.runId}/${modelFolder}/manifest.json`)
  const after: Origin = {
    ...origin,
    run,
    manifest,
    data: (await backend.inputsOf(run.runId)).map(profileOf).find((profile) => profile !== undefined),
    candidates: await readCandidates(backend, run),
  }
  const sameModel = manifest.files['model.onnx'] === origin.manifest.files['model.onnx']
  await backend.logBatch(run.runId, { tags: { 'modelwright.rerun.sameModel': String(sameModel) } })
  return {
    of: id,
    result,
    runId: run.runId,
    differences: [...before, ...dataBetween(origin, after)],
    sameModel,
    scores: scoresBetween(origin, after),
  }
}

async function circumstances({ environment, manifest }: Origin): Promise<Difference[]> {
  return environment === undefined
    ? recordDifferences(manifest.environment, trainingEnvironment())
    : environmentDifferences(environment, await captureEnvironment())
}

/** The recipe with the place of the data. @throws {@link NotFoundError} when they are gone; {@link UsageError} when nobody knows where */
async function replayable({ recipe, id }: Origin, { source, table }: RerunOptions): Promise<TrainRecipe> {
  const { settings } = recipe
  if (table !== undefined) return recipe
  const place = source ?? settings.source
  if (place === '-' || (place === null && settings.sql === null)) {
    throw new UsageError(
      `'${id}' learned from ${place === '-' ? 'standard input' : 'rows in memory'}, which nobody kept. Give the data (option 'source' or 'table'; modelwright rerun <run> <source>).`,
      { argument: 'source' },
    )
  }
  // Patterns and addresses are for the reader to find.
  if (place !== null && !/[*?[{]|^[a-z][a-z0-9+.-]+:\/\//i.test(place)) await requireFile(place, id)
  return { ...recipe, settings: { ...settings, source: place } }
}

async function requireFile(path: string, id: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined) return
  throw new NotFoundError(
    `The data of '${id}' are no longer at '${path}'. Say where they are now (option 'source'; modelwright rerun <run> <source>).`,
    { kind: 'data', id: path },
  )
}

async function runOptions({ run, id, manifest }: Origin, { backend }: Tracker) {
  const tags = { 'modelwright.rerunOf': id }
  if (run === undefined) return { name: `${manifest.model}-again`, tags }
  const experiment = (await backend.experiments()).find(
    ({ experimentId }) => experimentId === run.experimentId,
  )
  return {
    name: `${run.name}-again`,
    experiment: experiment?.name,
    tags,
    testRows: run.tags[testRowsTag] !== 'none',
  }
}

/** Column by column where both know their columns, else by the hash of the whole. */
function dataBetween(then: Origin, now: Origin): Difference[] {
  const [before, after] = [then.manifest.data, now.manifest.data]
  if (before.hash === after.hash) return []
  if (then.data !== undefined && now.data !== undefined) return dataDifferences(then.data, now.data)
  return [
    ...(before.rows === after.rows
      ? []
      : [{ kind: 'data' as const, what: 'rows', before: String(before.rows), now: String(after.rows) }]),
    ...fieldDifferences(then, now),
    { kind: 'data', what: 'contents', before: before.hash.slice(0, 12), now: after.hash.slice(0, 12) },
  ]
}

function fieldDifferences(then: Origin, now: Origin): Difference[] {
  const fieldsOf = ({ manifest }: Origin): Map<string, string> =>
    new Map(manifest.signature.inputs.map(({ name, type }) => [name, type]))
  const [before, after] = [fieldsOf(then), fieldsOf(now)]
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({
      kind: 'data',
      what: `column '${name}'`,
      before: before.get(name),
      now: after.get(name),
    }))
}

function scoresBetween(then: Origin, now: Origin): ScoreDifference[] {
  const tests = Object.entries(then.manifest.scores).map(
    ([name, score]) => ({ what: name, before: score, now: now.manifest.scores[name] ?? NaN }) as const,
  )
  const candidates = [...(then.candidates ?? [])].map(([name, score]) => ({
    what: `candidate ${name}`,
    before: score,
    now: now.candidates?.get(name) ?? NaN,
  }))
  return [...tests, ...candidates].filter((pair) => !Object.is(pair.before, pair.now))
}
