// The loop over rounds, run by every worker in step. All compute the same losses and so decide the same; thread 0 also
// collects the trees and reports. Only the reports look at the clock.
import { NODE_BYTES, NODE_FEATURE, NODE_LEFT } from './control-words.js'
import type { BoostResult, Job, RoundReport } from './jobs.js'
import type { BoostingKernel } from './kernel-instance.js'
import type { SharedMemory } from './webassembly.js'

type BoostJob = Extract<Job, { type: 'boost' }>

export interface RoundsContext {
  readonly kernel: BoostingKernel
  readonly memory: SharedMemory
  readonly thread: number
  readonly report: (message: RoundReport) => void
}

// Twenty reports a second are more than an eye follows, and cost nothing.
const REPORT_EVERY_MS = 50

/** Boosts until the rounds are used up, the validation loss has not improved for `patience` rounds, or an abort. */
export function boostRounds(job: BoostJob, context: RoundsContext): BoostResult | undefined {
  const { kernel, thread } = context
  const trees = thread === 0 ? treeCollector(job, context) : undefined
  const losses = { train: [] as number[], validation: [] as number[] }
  let best = { round: 0, loss: Infinity }
  let aborted = false
  let nextReport = 0
  const report = (round: number): void => {
    if (round < 0 || thread !== 0 || performance.now() < nextReport) return
    nextReport = performance.now() + REPORT_EVERY_MS
    const [trainLoss, validationLoss] = [losses.train[round]!, losses.validation[round]]
    context.report({ type: 'round', iteration: round + 1, trainLoss, validationLoss })
  }
  let round = 0
  for (; round < job.nEstimators; round++) {
    if (kernel.boostRound(round) !== 0) {
      aborted = true
      break
    }
    // The pass over the gradients sees the loss before its round, that is after the one before.
    if (round > 0) losses.train.push(Number(kernel.trainLoss.value))
    report(round - 1)
    trees?.take()
    if (!job.validates) continue
    const loss = Number(kernel.validationLoss.value)
    losses.validation.push(loss)
    if (loss < best.loss) best = { round: round + 1, loss }
    if (job.patience !== null && round + 1 - best.round >= job.patience) {
      round++
      break
    }
  }
  if (!aborted && round > 0) {
    kernel.finalLoss()
    losses.train.push(Number(kernel.trainLoss.value))
    nextReport = 0
    report(round - 1)
  }
  if (trees === undefined) return undefined
  const rounds = job.patience !== null && job.validates ? Math.max(1, best.round) : round
  return { aborted, rounds, ...losses, ...trees.keep(Math.min(rounds, round) * job.outputs) }
}

interface TreeCollector {
  take(): void
  keep(trees: number): Pick<BoostResult, 'records' | 'treeNodes'>
}

/** Copies the node records of each round out of shared memory, into an array that grows. */
function treeCollector(job: BoostJob, { kernel, memory }: RoundsContext): TreeCollector {
  let bytes = new Uint8Array(1 << 16)
  let length = 0
  const treeNodes: number[] = []
  const treeBytes = 2 * job.maxLeaves * NODE_BYTES
  return {
    take() {
      for (let output = 0; output < job.outputs; output++) {
        const at = (kernel.nodesAddress() >>> 0) + output * treeBytes
        const count = countNodes(memory, at)
        const size = count * NODE_BYTES
        if (length + size > bytes.length) {
          const grown = new Uint8Array(Math.max(length + size, bytes.length * 2))
          grown.set(bytes.subarray(0, length))
          bytes = grown
        }
        bytes.set(new Uint8Array(memory.buffer, at, size), length)
        length += size
        treeNodes.push(count)
      }
    },
    keep(trees) {
      const kept = Int32Array.from(treeNodes.slice(0, trees))
      const size = kept.reduce((sum, count) => sum + count, 0) * NODE_BYTES
      return { records: bytes.slice(0, size), treeNodes: kept }
    },
  }
}

/** A tree's nodes come in pairs of siblings, so the last pair is that of the largest left child. */
function countNodes(memory: SharedMemory, at: number): number {
  const words = new Int32Array(memory.buffer, at)
  const stride = NODE_BYTES / 4
  let count = 1
  for (let node = 0; node < count; node++) {
    if (words[node * stride + NODE_FEATURE / 4]! < 0) continue
    count = Math.max(count, words[node * stride + NODE_LEFT / 4]! + 2)
  }
  return count
}
