// What a run is started with, and what it lets its user do.
import type { Table } from '../../data/index.js'
import type { RunStatus } from '../store/index.js'
import type { DatasetOptions } from './dataset.js'
import type { LoggedValue } from './limits.js'
import type { ArtifactInput, Figure, SavableModel } from './run-files.js'
import type { TrackedEvent } from './training-events.js'

export interface RunOptions {
  /** @default three words such as `calm-otter-412` */
  readonly name?: string | undefined
  /** The experiment by its name; it is made where there is none. @default that of the tracker */
  readonly experiment?: string | undefined
  readonly tags?: Readonly<Record<string, LoggedValue>> | undefined
  /** Text about it, as Markdown. */
  readonly note?: string | undefined
  /** The run that it is a part of: a run, or an id. */
  readonly parent?: string | { readonly id: string } | undefined
  /** Ends it as KILLED. */
  readonly signal?: AbortSignal | undefined
  /** Log the load of the machine every ten seconds. @default false */
  readonly systemMetrics?: boolean | undefined
  /** Log code, versions and machine. @default true */
  readonly environment?: boolean | undefined
}

export interface MetricOptions {
  /** Of epochs, batches, or whatever is counted. @default 0 */
  readonly step?: number | undefined
  /** Milliseconds since 1970. @default now */
  readonly timestamp?: number | undefined
}

export interface EndOptions {
  /** @default 'FINISHED', or 'FAILED' where there is an error */
  readonly status?: Exclude<RunStatus, 'RUNNING' | 'SCHEDULED'> | undefined
  /** What went wrong; its sentence becomes the tag `modelwright.error`. */
  readonly error?: unknown
}

/**
 * A run that is being written. What `log…` returns becomes true once the store has it: it can no longer be lost. Where the store refuses
 * it, or is away for too long, it becomes false with a warning, or throws (`onError`).
 */
export interface TrackedRun extends AsyncDisposable {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly experimentId: string
  readonly name: string
  /** A page that shows it, where a server has one. */
  readonly url: string | undefined
  /** A parameter: an option of the work, which never changes. Values over 6,000 characters are cut. */
  logParam(name: string, value: LoggedValue): Promise<boolean>
  /** Parameters by name; those of nested objects get names such as `optimizer.rate`. */
  logParams(values: Readonly<Record<string, unknown>>): Promise<boolean>
  /** One value of a metric. */
  logMetric(name: string, value: number, options?: MetricOptions): Promise<boolean>
  /** Values of several metrics at one step. */
  log(values: Readonly<Record<string, number>>, options?: MetricOptions): Promise<boolean>
  /** A tag may change. Values over 8,000 characters are cut. */
  setTag(name: string, value: LoggedValue): Promise<boolean>
  setTags(values: Readonly<Record<string, LoggedValue>>): Promise<boolean>
  /** Text about the run, as Markdown. */
  setNote(text: string): Promise<boolean>
  /** A file of this machine, or contents with a path, below a folder of the artifacts. @default folder their own */
  logArtifact(file: ArtifactInput, folder?: string): Promise<boolean>
  /** All files below a folder of this machine. */
  logArtifacts(localFolder: string, folder?: string): Promise<boolean>
  /** Rows, as a file that MLflow's page shows as a table; its path ends in `.json`. */
  logTable(path: string, rows: Table | readonly object[]): Promise<boolean>
  /** A Vega-Lite specification: drawn for a path that ends in `.svg`, as it is for `.json`. */
  logFigure(path: string, spec: Figure): Promise<boolean>
  /** The folder of a bundle, or a fitted model, below a folder of the artifacts. @default folder `model` */
  logModel(model: string | SavableModel, folder?: string): Promise<boolean>
  /** Data that it reads: a table, rows, or what `readTable` reads; known again by the hash of their contents. */
  logDataset(data: Table | readonly object[] | string, options?: DatasetOptions): Promise<boolean>
  /** Starts a run that is a part of this one. */
  child(options?: Omit<RunOptions, 'parent'>): Promise<TrackedRun>
  /**
   * Listens to any work of this library: give it as `onEvent` to `fit`, `fitNetwork`, `crossValidate`. Losses and scores are logged by
   * step; training waits for it only where far too much waits for the store.
   */
  readonly onEvent: (event: TrackedEvent) => void
  /** Notes that the work failed: the run will end as FAILED. */
  fail(error: unknown): void
  /** Writes what waits, then how it ended; leaving the block of `await using` does so too. */
  end(options?: EndOptions): Promise<void>
}
