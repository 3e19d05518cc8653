// Where models compute: the thread of the service itself, or a worker. A lane does one thing at a time.
import type { Port } from '../../engine/onnx/index.js'
import type { Tensors } from './tensor-rows.js'

/** One run of a graph: the inputs of requests that are joined for it, or of a single one. */
export type RunInputs = readonly Tensors[]

/** What came of a run, and how long it took, in milliseconds. */
export type RunResult =
  | { readonly outputs: Tensors; readonly time: number }
  | { readonly error: Error; readonly time: number }

/** A place where graphs run. */
export interface Lane {
  /** Whether it can take work; a worker that was lost cannot until another stands in its place. */
  readonly up: boolean
  /** Whether it was lost so often that nobody should wait for it. */
  readonly broken: boolean
  /** Runs in turn, each with its own result. @throws {@link LaneLostError} when the lane ended before it answered */
  run(session: number, runs: readonly RunInputs[]): Promise<readonly RunResult[]>
}

/** A graph as it was opened. */
export interface OpenedGraph {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Which runtime answers. */
  readonly engine: string
  /** Why not the native one. */
  readonly note: string | undefined
  /** Milliseconds that opening took. */
  readonly time: number
  /** Bytes by which the process grew meanwhile. */
  readonly growth: number
}

/** A graph to open: its bytes, which all threads see at the same place, or the path of one with constants in files beside it. */
export type GraphFile = { readonly bytes: Uint8Array } | { readonly path: string }

/** The code of {@link laneLost}. */
const lost = 'ERR_LANE_LOST'

/** The error of work that a lane had not answered when it ended. */
export const laneLost = (): Error =>
  Object.assign(new Error('The worker of the model ended early.'), { code: lost })

export const isLaneLost = (error: unknown): boolean => (error as NodeJS.ErrnoException | null)?.code === lost
