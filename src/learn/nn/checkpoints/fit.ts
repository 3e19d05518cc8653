// Whether a checkpoint belongs to a network and its training.
import { ConflictError, ShapeError } from '../../../base/index.js'
import { formatShape } from '../../../engine/graph/index.js'
import type { Optimizer } from '../optimizers.js'
import type { Declared } from '../scope.js'
import type { TrainingCheckpoint } from './state.js'

/** What the checkpoint is to go on with. */
export interface Expected {
  /** Parameters and states of the network. */
  readonly declared: readonly Declared[]
  readonly optimizer: Optimizer
  readonly seed: number
  readonly averages: boolean
}

/**
 * Refuses a checkpoint that training could not go on from exactly.
 *
 * @param where - how messages call the checkpoint
 * @throws {@link ShapeError} naming the parameters that differ; {@link ConflictError} for another optimizer or seed
 */
export function checkFits(where: string, checkpoint: TrainingCheckpoint, expected: Expected): void {
  const { declared, optimizer, seed, averages } = expected
  const faults = faultsOf(checkpoint, declared)
  if (faults.length > 0) {
    // More than these are better seen by comparing the two networks.
    const shown = faults.slice(0, 5).join('; ')
    const more = faults.length > 5 ? `; and ${faults.length - 5} more` : ''
    throw new ShapeError(
      `${where} is of another network: ${shown}${more}. Build the network as it was when the checkpoint was written.`,
      { where, expected: declared.map(({ path, shape }) => ({ path, shape })), received: faults },
    )
  }
  const conflict = (message: string): ConflictError =>
    new ConflictError(`${where} ${message}`, { kind: 'checkpoint', id: where })
  if (checkpoint.optimizer.kind !== optimizer.kind)
    throw conflict(
      `was trained by the optimizer '${checkpoint.optimizer.kind}', expected '${optimizer.kind}': its state means nothing to the other. Take the same optimizer, or begin anew from its values: initial: (await loadCheckpoint(…)).values.`,
    )
  if (checkpoint.seed !== seed)
    throw conflict(
      `was trained with seed ${checkpoint.seed}, received ${seed}: training would not go on exactly. Give seed: ${checkpoint.seed}.`,
    )
  if (averages && checkpoint.engine.average === undefined)
    throw conflict('holds no moving average, which averageDecay asks for. Leave averageDecay out, as before.')
}

function faultsOf({ values }: TrainingCheckpoint, declared: readonly Declared[]): string[] {
  const known = new Set(declared.map(({ path }) => path))
  const differing = declared.flatMap(({ path, shape }) => {
    const found = values[path]
    if (found === undefined) return [`'${path}' ${formatShape(shape)} is missing in it`]
    if (found.shape.join() === shape.join()) return []
    return [`'${path}' is ${formatShape(found.shape)}, expected ${formatShape(shape)}`]
  })
  const extra = Object.keys(values).filter((path) => !known.has(path))
  return [
    ...differing,
    ...extra.map((path) => `'${path}' ${formatShape(values[path]!.shape)} is not in the network`),
  ]
}
