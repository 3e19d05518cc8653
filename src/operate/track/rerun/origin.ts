// What is known of a run, or of a bundle, that is to be run again.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FormatError, ModelwrightError, UsageError } from '../../../base/index.js'
import { type Manifest, parseManifest, readManifest } from '../../bundle/index.js'
import { checkRecipe, type TrainRecipe } from '../../train/index.js'
import type { Run } from '../../store/index.js'
import type { TrackingBackend } from '../backend.js'
import { type DatasetProfile, profileOf } from '../dataset.js'
import type { RunEnvironment } from '../environment.js'
import { modelFolder } from '../training-log.js'

/** Where a recipe comes from, with all that was written down beside it. */
export interface Origin {
  /** The id of the run, or the path of the bundle. */
  readonly id: string
  /** Undefined for a bundle. */
  readonly run: Run | undefined
  readonly recipe: TrainRecipe
  readonly manifest: Manifest
  readonly environment: RunEnvironment | undefined
  readonly data: DatasetProfile | undefined
  /** Scores of candidates by their names, where a run kept them. */
  readonly candidates: ReadonlyMap<string, number> | undefined
}

const runIdPattern = /^[0-9a-f]{32}$/

/**
 * Finds a run by its id, or a bundle by its folder.
 *
 * @throws {@link NotFoundError}; {@link UsageError} for a run without a recipe: it says what to do instead
 */
export async function findOrigin(id: string, backend: TrackingBackend): Promise<Origin> {
  if (
    !runIdPattern.test(id) ||
    (await stat(join(id, 'manifest.json')).catch(() => undefined)) !== undefined
  ) {
    const manifest = await readManifest(id)
    return {
      id,
      run: undefined,
      recipe: checkRecipe(manifest.recipe, id),
      manifest,
      environment: undefined,
      data: undefined,
      candidates: undefined,
    }
  }
  const run = await backend.getRun(id)
  const text = await readText(backend, run, `${modelFolder}/manifest.json`)
  if (text === undefined) throw withoutRecipe(run)
  const manifest = parseManifest(text, `runs:/${id}/${modelFolder}/manifest.json`)
  const inputs = await backend.inputsOf(id)
  return {
    id,
    run,
    recipe: checkRecipe(manifest.recipe, `runs:/${id}/${modelFolder}`),
    manifest,
    environment: await readEnvironment(backend, run),
    data: inputs.map(profileOf).find((profile) => profile?.hash === manifest.data.hash),
    candidates: await readCandidates(backend, run),
  }
}

/** The text of an artifact; undefined where there is none. */
export async function readText(
  backend: TrackingBackend,
  run: Run,
  path: string,
): Promise<string | undefined> {
  try {
    const chunks: Uint8Array[] = []
    for await (const chunk of await backend.artifacts.read(run, path)) chunks.push(chunk)
    return Buffer.concat(chunks).toString('utf8')
  } catch (error) {
    if (ModelwrightError.is(error) && error.code === 'not-found') return undefined
    throw error
  }
}

async function readEnvironment(backend: TrackingBackend, run: Run): Promise<RunEnvironment | undefined> {
  const found = (await readJson(backend, run, 'environment.json')) as Partial<RunEnvironment> | undefined
  if (found === undefined) return undefined
  if (found.version === 1 && typeof found.versions === 'object' && typeof found.hardware === 'object')
    return found as RunEnvironment
  throw new FormatError(
    `The environment.json of run '${run.runId}' has version ${String(found.version)}, expected 1. Update modelwright.`,
    { format: 'environment', version: found.version },
  )
}

async function readJson(backend: TrackingBackend, run: Run, path: string): Promise<unknown> {
  const text = await readText(backend, run, path)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FormatError(
      `The artifact '${path}' of run '${run.runId}' is cut off or no JSON.`,
      { format: 'json', path },
      error,
    )
  }
}

/** Validation scores of the table of candidates that a job logs. */
export async function readCandidates(
  backend: TrackingBackend,
  run: Run,
): Promise<ReadonlyMap<string, number> | undefined> {
  const found = (await readJson(backend, run, 'leaderboard.json')) as
    | { readonly columns?: readonly string[]; readonly data?: readonly (readonly unknown[])[] }
    | undefined
  const [name, score] = ['name', 'score'].map((column) => found?.columns?.indexOf(column) ?? -1)
  if (found?.data === undefined || name! < 0 || score! < 0) return undefined
  return new Map(found.data.map((row) => [String(row[name!]), Number(row[score!] ?? NaN)]))
}

function withoutRecipe(run: Run): UsageError {
  const { tags } = run
  const command = tags['modelwright.command']
  const commit = tags['mlflow.source.git.commit']
  const how =
    command === undefined
      ? 'It does not say how it was started.'
      : `Start its program again: ${command}${commit === undefined ? '' : ` (at commit ${commit.slice(0, 12)})`}`
  return new UsageError(
    `The run '${run.runId}' (${run.name}) has no recipe that can be replayed: only jobs of train have one. ${how}`,
    { argument: 'run', command, commit },
  )
}
