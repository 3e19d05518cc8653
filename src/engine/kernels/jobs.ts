// The messages between the main thread and the workers of a pool.
import type { CompiledModule, SharedMemory } from './webassembly.js'

export interface WorkerStart {
  readonly kernelModule: CompiledModule
  readonly memory: SharedMemory
  readonly thread: number
}

/** What all threads of a pool do together. Addresses are in bytes of the shared memory. */
export type Job =
  | {
      readonly type: 'find-bins'
      readonly samples: number
      readonly sampleRows: number
      readonly first: number
      readonly count: number
      readonly maxBins: number
      readonly scratch: number
    }
  | {
      readonly type: 'bin-rows'
      readonly values: number
      readonly first: number
      readonly count: number
      readonly tiles: number
      readonly columns: number
      readonly totalRows: number
    }
  | {
      readonly type: 'boost'
      readonly nEstimators: number
      readonly outputs: number
      readonly maxLeaves: number
      readonly patience: number | null
      readonly validates: boolean
    }
  | {
      readonly type: 'predict'
      readonly values: number
      readonly columns: number
      readonly count: number
      readonly roots: number
      readonly trees: number
      readonly out: number
      readonly outputs: number
      readonly nodes: number
      readonly leafValues: number
      readonly threads: number
    }

/** What thread 0 brings back from boosting. */
export interface BoostResult {
  readonly aborted: boolean
  /** Node records (control-words) of the kept trees, one after the other. */
  readonly records: Uint8Array
  /** Nodes of each kept tree. */
  readonly treeNodes: Int32Array
  readonly rounds: number
  readonly train: number[]
  readonly validation: number[]
}

export interface RoundReport {
  readonly type: 'round'
  readonly iteration: number
  readonly trainLoss: number
  readonly validationLoss: number | undefined
}

export type WorkerMessage = RoundReport | { readonly type: 'done'; readonly result: BoostResult | undefined }
