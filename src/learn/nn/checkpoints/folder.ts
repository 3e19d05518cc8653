// A folder of checkpoints: the last ones, and the best.
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  checkOptions,
  ConflictError,
  FormatError,
  integer,
  NotFoundError,
  storageError,
  text,
  UsageError,
} from '../../../base/index.js'
import { readCheckpoint, readCounters, saveCheckpoint } from './file.js'
import type { TrainingCheckpoint } from './state.js'

/** Where and how often checkpoints are written. */
export interface CheckpointOptions {
  /** A folder of this training alone; files are called step-00000120.safetensors. */
  readonly folder: string
  /** After so many epochs. @default 1 */
  readonly every?: number
  /** And after so many steps, within epochs too. @default never */
  readonly everySteps?: number
  /** How many of the last ones stay, beside the one of the best validation loss. @default 2 */
  readonly keep?: number
}

/** Writes the checkpoints of one training. */
export interface CheckpointKeeper {
  /** Gives the path of the file. */
  keep(checkpoint: TrainingCheckpoint): Promise<string>
}

const nameOf = (steps: number): string => `step-${String(steps).padStart(8, '0')}.safetensors`
const ownName = /^step-(\d+)\.safetensors$/
// As writeFileAtomic calls what it has not finished, with the number of the process.
const unfinishedName = /^\.step-\d+\.safetensors\.(\d+)\.partial$/

/**
 * Opens a folder for writing.
 *
 * @param from - the steps of the checkpoint that training goes on from; undefined at the start
 * @throws {@link ConflictError} when the folder holds checkpoints of another training, or later ones
 */
export async function openKeeper(
  options: CheckpointOptions,
  from: number | undefined,
): Promise<CheckpointKeeper> {
  checkOptions<CheckpointOptions>('checkpoint', options, {
    folder: text({ default: '' }),
    every: integer({ min: 1, default: 1 }),
    everySteps: integer({ min: 1, default: 1 }),
    keep: integer({ min: 1, default: 2 }),
  })
  if ((options as Partial<CheckpointOptions>).folder === undefined)
    throw new UsageError(
      "checkpoint: option 'folder' is not given, expected a folder of this training alone. Give { folder: 'runs/first' }, for instance.",
      { argument: 'folder' },
    )
  const { folder, keep = 2 } = options
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw storageError(folder, error)
  })
  await removeUnfinished(folder)
  const found = await checkpointsIn(folder)
  refuseLater(folder, found, from)
  const losses = new Map<string, number>()
  for (const { name, path } of found) losses.set(name, await lossOfFile(path))
  return {
    async keep(checkpoint) {
      const name = nameOf(checkpoint.steps)
      await saveCheckpoint(join(folder, name), checkpoint)
      losses.set(name, ownLoss(checkpoint))
      await prune(folder, losses, keep)
      return join(folder, name)
    },
  }
}

/** Later checkpoints would be taken for the last ones, and those that are written now be removed. */
function refuseLater(folder: string, found: readonly Found[], from: number | undefined): void {
  const last = found.at(-1)?.name
  if (last === undefined || (from !== undefined && stepOf(last) <= from)) return
  const advice =
    from === undefined
      ? 'Go on from there with resume: true, or choose another folder.'
      : `Training goes on from step ${from}: remove the later ones, or choose another folder.`
  throw new ConflictError(`'${folder}' holds checkpoints already, up to ${last}. ${advice}`, {
    kind: 'folder',
    id: folder,
  })
}

/** A damaged file is no reason to stop: it is never the best, and goes when its turn comes. */
async function lossOfFile(path: string): Promise<number> {
  try {
    return ownLoss(await readCounters(path))
  } catch (error) {
    if (FormatError.is(error)) return Infinity
    throw error
  }
}

/** The validation loss of just these values; Infinity within an epoch, and where there is no validation. */
function ownLoss({ batch, steps, history }: Pick<TrainingCheckpoint, 'batch' | 'steps' | 'history'>): number {
  const last = history.at(-1)
  return batch === 0 && last?.steps === steps ? (last.validation?.['loss'] ?? Infinity) : Infinity
}

/** Removes all but the last ones and the best. */
async function prune(folder: string, losses: Map<string, number>, keep: number): Promise<void> {
  const names = [...losses.keys()].toSorted((a, b) => stepOf(a) - stepOf(b))
  const best = names.reduce((a, b) => (losses.get(b)! < losses.get(a)! ? b : a))
  for (const name of names.slice(0, -keep)) {
    if (name === best && losses.get(best)! < Infinity) continue
    await rm(join(folder, name), { force: true })
    losses.delete(name)
  }
}

const stepOf = (name: string): number => Number(ownName.exec(name)![1])

interface Found {
  readonly name: string
  readonly path: string
}

/** The checkpoints of a folder, the earliest first. */
async function checkpointsIn(folder: string): Promise<Found[]> {
  const names = await readdir(folder)
  return names
    .filter((name) => ownName.test(name))
    .toSorted((a, b) => stepOf(a) - stepOf(b))
    .map((name) => ({ name, path: join(folder, name) }))
}

/** What a process that was killed left behind; those that still run may be writing. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const process = unfinishedName.exec(name)?.[1]
    if (process !== undefined && !isRunning(Number(process))) await rm(join(folder, name), { force: true })
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The path of the latest checkpoint of a folder, or undefined. */
export async function latestCheckpoint(folder: string): Promise<string | undefined> {
  try {
    return (await checkpointsIn(folder)).at(-1)?.path
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw storageError(folder, error)
  }
}

/**
 * Reads a checkpoint.
 *
 * @param path - of its file, or of a folder of them, of which the latest is taken
 * @throws {@link NotFoundError} when there is none; {@link FormatError} when it is damaged, with the byte
 * @example
 * ```ts no-run
 * const { steps, history, values } = await loadCheckpoint('runs/digits')
 * const file = network(dense(10), spec('float32', ['batch', 784])).toOnnx(values)
 * ```
 */
export async function loadCheckpoint(path: string): Promise<TrainingCheckpoint> {
  if (path.endsWith('.safetensors')) return readCheckpoint(path)
  const latest = await latestCheckpoint(path)
  if (latest !== undefined) return readCheckpoint(latest)
  throw new NotFoundError(
    `There is no checkpoint in '${path}', expected a file such as ${nameOf(120)}. Check the path, or write some: checkpoint: { folder }.`,
    { kind: 'checkpoint', id: path },
  )
}
