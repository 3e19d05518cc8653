// What serving is to whoever calls it: the faces of each protocol see these types, and nothing of workers and batches.
import type { WorkOptions } from '../../base/index.js'
import type { Column, Field, Row } from '../../data/index.js'
import type { Tensor, TensorType } from '../../engine/onnx/index.js'
import type { Label } from '../../learn/contracts/index.js'
import type { Task } from '../../metrics/index.js'

/** An input or output of a graph. A dimension that is not fixed is −1. */
export interface TensorSpec {
  readonly name: string
  readonly type: TensorType
  readonly shape: readonly number[]
}

/** A version of a model: not yet loaded, loading, answering, finishing what it has begun, or broken, with the reason in words. */
export type VersionState = 'unloaded' | 'loading' | 'ready' | 'draining' | 'failed'

/** Where a version computes: in the thread of the service, or in worker threads. */
export type Placement = 'thread' | 'worker'

/** What one version of a model takes and gives. Known as soon as it has been loaded once. */
export interface VersionDescription {
  readonly model: string
  /** A whole number as text; `1` for a model that has none. */
  readonly version: string
  readonly state: VersionState
  /** Why the state is `failed`; of a version that is `ready`, why what lies on disk by now could not take its place. */
  readonly reason: string | undefined
  /** A bundle knows columns and classes, a plain file of a graph only tensors. */
  readonly kind: 'bundle' | 'onnx'
  readonly task: Task | undefined
  /** The name of the column that a bundle predicts. */
  readonly target: string | undefined
  /** Columns as they were before training; undefined for a plain graph. */
  readonly columns: readonly Field[] | undefined
  readonly classes: readonly Label[]
  readonly inputs: readonly TensorSpec[]
  readonly outputs: readonly TensorSpec[]
  /** Names that point here, such as `champion`. */
  readonly aliases: readonly string[]
  /** Bytes that it is estimated to occupy. */
  readonly bytes: number
  /** As it is in effect: a graph that does not compute row by row has a `maxBatch` of 1. */
  readonly batching: BatchSettings
  /** Undefined as long as it is not loaded. */
  readonly placement: Placement | undefined
}

/** How requests that come together are computed together. */
export interface BatchSettings {
  /** Rows in one run of the graph; 1 switches batching off. @default 64 */
  readonly maxBatch: number
  /** Milliseconds that a row waits for others while a worker is free; 0 joins only what queues up. @default 0 */
  readonly maxDelay: number
}

/** Which version answers. Without both: what traffic weights say, else the alias `champion`, else the newest. */
export interface Addressee {
  readonly model: string
  readonly version?: string | undefined
  readonly alias?: string | undefined
}

/** About one request. */
export interface RequestOptions extends Pick<WorkOptions, 'signal'> {
  /** Milliseconds until the caller gives up; the request is refused with {@link OverloadError} when it waited longer. */
  readonly timeout?: number | undefined
  /** Goes into the log of requests and into traces. */
  readonly requestId?: string | undefined
  /** Each row's contributions of columns to its prediction. */
  readonly explain?: boolean | undefined
}

/** Who answered, and how long it took, in milliseconds. */
export interface Served {
  readonly model: string
  readonly version: string
  readonly queueTime: number
  readonly computeTime: number
  /** Rows in the run that this request was part of. */
  readonly batchSize: number
}

/** What a row's column added to its prediction, against the average of training. */
export interface Contribution {
  readonly column: string
  readonly value: number
}

/** Answers for rows, in the target's own terms. */
export interface RowPredictions {
  readonly served: Served
  /** A label or a number for each row. */
  readonly predictions: readonly (Label | number)[]
  /** Rows × classes, for classifiers. */
  readonly probabilities: readonly (readonly number[])[] | undefined
  readonly classes: readonly Label[]
  /** For regression, where the bundle has them: the interval of 90 %. */
  readonly intervals: readonly { readonly low: number; readonly high: number }[] | undefined
  /** For each row: sentences about values unlike those of training; empty lists when all is well. */
  readonly warnings: readonly (readonly string[])[]
  readonly explanations: readonly (readonly Contribution[])[] | undefined
}

/** Answers for tensors, by name of output. */
export interface TensorPredictions {
  readonly served: Served
  readonly outputs: Readonly<Record<string, Tensor>>
}

/** A server of models without a network: the same process calls it. */
export interface InferenceService extends AsyncDisposable {
  /**
   * Predicts rows of a bundle: objects, or named columns of equal length.
   *
   * @throws {@link NotFoundError} for a model, version or alias that is not served
   * @throws {@link SchemaMismatchError} for rows that do not fit the signature; {@link UsageError} for a plain graph
   * @throws {@link OverloadError} when the queue is full, the deadline passed or a worker was lost
   */
  predictRows(
    to: Addressee,
    rows: readonly Row[] | ReadonlyMap<string, Column>,
    options?: RequestOptions,
  ): Promise<RowPredictions>
  /**
   * Runs the graph itself: tensors in, tensors out.
   *
   * @param outputs - names of those wanted; all when undefined
   */
  predictTensors(
    to: Addressee,
    inputs: Readonly<Record<string, Tensor>>,
    outputs?: readonly string[],
    options?: RequestOptions,
  ): Promise<TensorPredictions>
  /** Every version of every model, or of one. @throws {@link NotFoundError} for an unknown model */
  describe(model?: string): readonly VersionDescription[]
  /** Which version would answer now, without traffic weights. */
  resolve(to: Addressee): VersionDescription
  /** Loads a version, or again what has changed on disk; requests meanwhile are answered by what was there. */
  load(model: string, version?: string): Promise<VersionDescription>
  /** Lets running requests end, then frees the version. */
  unload(model: string, version?: string): Promise<void>
  /** Shares of traffic by version; they are divided by their sum. An empty record: all to the default version. */
  setTraffic(model: string, weights: Readonly<Record<string, number>>): void
  traffic(model: string): Readonly<Record<string, number>>
  /** Each request that ended, for metrics and for the log; listeners must be quick, and what they throw is lost. Returns how to stop. */
  onRequest(listener: (record: RequestRecord) => void): () => void
  /** Versions that came, went or changed their state, for logs and pages. Returns how to stop. */
  onChange(listener: (version: VersionDescription) => void): () => void
  /** Whether every model that was asked for is ready. */
  readonly ready: boolean
  /** Takes no more requests, ends those that run, frees everything. */
  close(): Promise<void>
}

/** One request as metrics and logs see it. */
export interface RequestRecord {
  readonly model: string
  /** Undefined when it failed before a version was found. */
  readonly version: string | undefined
  readonly requestId: string | undefined
  readonly rows: number
  readonly queueTime: number
  readonly computeTime: number
  readonly batchSize: number
  /** Undefined when all went well. */
  readonly errorCode: string | undefined
  /** For logging of samples; a listener must not keep them beyond its call unless it samples. */
  readonly inputs: readonly Row[] | undefined
  readonly result: RowPredictions | undefined
}
