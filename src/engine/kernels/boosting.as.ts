// Entry of the boosting kernels: what a worker calls. All threads call the same functions with the same arguments.
import { barrier, pollAbort, stopped } from './barrier.as'
import { growTree } from './grow.as'
import { classPass, lossPass, meanLoss, validationPass } from './objective.as'
import { refreshLeaves, scoreOutOfBag, scoreValidation } from './refresh.as'
import { choosePrecision, gatherRoot, integers, roundPass } from './rounding.as'
import { MULTINOMIAL } from './control-words'
import { blocks, nodes, objective, outputs, rows, validationBlocks, validationRows } from './state.as'

export { configure } from './state.as'
export { binRows, findBins } from './binning.as'
export { predictRows } from './predict.as'

/** Mean training loss before the round that ran last, and mean validation loss after it. */
export let trainLoss: f64 = 0
export let validationLoss: f64 = 0

/** One round: a tree for each output. Returns 0, or 1 when the caller ended the work. */
export function boostRound(round: i32): i32 {
  pollAbort()
  lossPass()
  barrier()
  if (stopped()) return 1
  trainLoss = meanLoss(blocks, rows)
  for (let output = 0; output < outputs; output++) if (!boostTree(round, output)) return 1
  if (validationRows > 0) {
    validationPass()
    barrier()
    validationLoss = meanLoss(validationBlocks, validationRows)
  }
  return 0
}

function boostTree(round: i32, output: i32): bool {
  if (objective == MULTINOMIAL) {
    // The sums of all blocks were read above or by the tree before.
    barrier()
    classPass(output)
    barrier()
  }
  choosePrecision()
  barrier()
  roundPass(round, output)
  barrier()
  gatherRoot(round)
  barrier()
  if (growTree(round, output) < 0) return false
  refreshLeaves(output)
  scoreOutOfBag(round, output)
  if (validationRows > 0) scoreValidation(output)
  return true
}

/** Training loss after the last round. */
export function finalLoss(): void {
  lossPass()
  barrier()
  trainLoss = meanLoss(blocks, rows)
}

/** Whether the tree grown last used histograms of small integers. */
export function usedIntegers(): i32 {
  return integers ? 1 : 0
}

/** Address of the finished round's nodes. */
export function nodesAddress(): usize {
  return nodes
}
