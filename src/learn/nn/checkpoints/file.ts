// A checkpoint as one file: safetensors, with the counters as JSON among its texts. One file, because a rename replaces a file
// at once and a folder only in two steps.
import { FormatError, UsageError } from '../../../base/index.js'
import {
  formatShape,
  type NDArray,
  openSafetensors,
  type Safetensors,
  writeSafetensors,
} from '../../../engine/graph/index.js'
import type { Arrays } from '../scope.js'
import { readState, stateText, type StateDocument } from './state-document.js'
import type { TrainingCheckpoint } from './state.js'

// Between a group and a path; layers are named by letters, digits and points.
const separator = ':'

/**
 * Writes a checkpoint, whole or not at all: beside its place, then renamed. Parameters and states keep their paths as names, so
 * that any reader of safetensors finds them; what else training keeps has a prefix (`best:`, `optimizer.firstMoment:`, `average:`,
 * `accumulated:`), and the counters and the learning curve stand as JSON in the metadata `training`.
 *
 * @param path - of the file, such as 'training.safetensors'
 * @throws {@link StorageError} when the disk is full or the folder cannot be written
 * @throws {@link UsageError} for a layer whose name holds a colon
 * @example
 * ```ts no-run
 * import { type FitNetworkOptions, meanSquaredError } from 'modelwright/nn'
 * const net = network(dense(1), spec('float32', ['batch', 1]))
 * const x = array([[0], [1], [2]])
 * const options: FitNetworkOptions = {
 *   data: batches({ x, y: x }, { batchSize: 2 }),
 *   loss: (output, { y }) => meanSquaredError(output, y),
 *   optimizer: adam(),
 *   epochs: 10,
 * }
 * await fitNetwork(net, { ...options, onCheckpoint: (checkpoint) => saveCheckpoint('last.safetensors', checkpoint) })
 * await fitNetwork(net, { ...options, epochs: 20, resume: await loadCheckpoint('last.safetensors') })
 * ```
 */
export async function saveCheckpoint(path: string, checkpoint: TrainingCheckpoint): Promise<void> {
  const wrong = Object.keys(checkpoint.values).find((name) => name.includes(separator))
  if (wrong !== undefined)
    throw new UsageError(
      `saveCheckpoint: the parameter '${wrong}' cannot be stored, as its name holds '${separator}'. Name its layer without.`,
      { argument: wrong },
    )
  await writeSafetensors(path, arraysOf(checkpoint), { format: 'pt', training: stateText(checkpoint) })
}

function arraysOf({ values, engine, best }: TrainingCheckpoint): Arrays {
  const groups: [string, Arrays | undefined][] = [
    ['', values],
    ...Object.entries(engine.optimizer).map(([name, arrays]): [string, Arrays] => [
      `optimizer.${name}`,
      arrays,
    ]),
    ['accumulated', engine.accumulated],
    ['average', engine.average],
    ['best', best],
  ]
  return Object.fromEntries(
    groups.flatMap(([group, arrays]) =>
      Object.entries(arrays ?? {}).map(([name, value]) => [
        group === '' ? name : `${group}${separator}${name}`,
        value,
      ]),
    ),
  )
}

/** The counters of a checkpoint file, without its arrays. @throws {@link FormatError} when they are damaged */
export async function readCounters(path: string): Promise<StateDocument> {
  await using file = await openSafetensors(path)
  return readState(path, file.metadata['training'])
}

/** Reads a checkpoint file. @throws {@link FormatError} when it is damaged, with the byte, or is no checkpoint */
export async function readCheckpoint(path: string): Promise<TrainingCheckpoint> {
  await using file = await openSafetensors(path)
  const state = readState(path, file.metadata['training'])
  const groups = groupsOf(file)
  const read = async (group: string): Promise<Arrays> => readGroup(path, file, groups.get(group) ?? [])
  const values = await read('')
  // Each array that training keeps has the size of its parameter.
  const readLike = async (group: string, paths: readonly string[]): Promise<Arrays> => {
    const arrays = await read(group)
    checkLike(path, file, { group, arrays, paths, values })
    return arrays
  }
  const learned = state.parameters
  const optimizer: Record<string, Arrays> = {}
  for (const name of state.optimizerStates) optimizer[name] = await readLike(`optimizer.${name}`, learned)
  const { updates, summed } = state
  return {
    ...checkpointOf(state),
    values,
    engine: {
      updates,
      summed,
      optimizer,
      ...(summed > 0 ? { accumulated: await readLike('accumulated', learned) } : {}),
      ...(groups.has('average') ? { average: await readLike('average', learned) } : {}),
    },
    best: groups.has('best') ? await readLike('best', Object.keys(values)) : undefined,
  }
}

function checkpointOf(state: StateDocument): Omit<TrainingCheckpoint, 'values' | 'engine' | 'best'> {
  const { optimizer, epoch, batch, lossSum, steps, bestLoss, waited, plateau, seed, history } = state
  return {
    optimizer,
    epoch,
    batch,
    lossSum,
    steps,
    bestLoss,
    waited,
    plateau: plateau ?? undefined,
    seed,
    history,
  }
}

function groupsOf({ tensors }: Safetensors): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const name of tensors.keys()) {
    const at = name.indexOf(separator)
    const group = at < 0 ? '' : name.slice(0, at)
    groups.set(group, [...(groups.get(group) ?? []), name])
  }
  return groups
}

async function readGroup(path: string, file: Safetensors, names: readonly string[]): Promise<Arrays> {
  const arrays: [string, NDArray<'float32'>][] = []
  for (const name of names) {
    const { type, position } = file.tensors.get(name)!
    if (type !== 'F32')
      throw new FormatError(
        `'${path}', byte ${position}: '${name}' is ${type}, expected F32. It is no checkpoint of a training.`,
        {
          format: 'checkpoint',
          position,
        },
      )
    arrays.push([name.slice(name.indexOf(separator) + 1), (await file.read(name)) as NDArray<'float32'>])
  }
  return Object.fromEntries(arrays)
}

function checkLike(
  path: string,
  { tensors }: Safetensors,
  {
    group,
    arrays,
    paths,
    values,
  }: {
    readonly group: string
    readonly arrays: Arrays
    readonly paths: readonly string[]
    readonly values: Arrays
  },
): void {
  for (const name of paths) {
    const [expected, found] = [values[name], arrays[name]]
    if (expected !== undefined && found !== undefined && found.shape.join() === expected.shape.join())
      continue
    const position = tensors.get(`${group}${separator}${name}`)?.position ?? 0
    const shape = expected === undefined ? 'no such parameter' : formatShape(expected.shape)
    throw new FormatError(
      `'${path}'${position === 0 ? '' : `, byte ${position}`}: '${group}${separator}${name}' is ${found === undefined ? 'missing' : formatShape(found.shape)}, expected ${shape} as the parameter. The file was changed; take an earlier checkpoint.`,
      { format: 'checkpoint', position, expected: expected?.shape, received: found?.shape },
    )
  }
}
