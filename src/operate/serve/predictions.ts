// A request from its arrival to its answer, and what is told about it.
import { closestName, ModelwrightError, now, OverloadError, UsageError } from '../../base/index.js'
import type { Row } from '../../data/index.js'
import { checkFeeds, type Tensor } from '../../engine/onnx/index.js'
import type { BundleFace } from './bundle-face.js'
import { type Catalog, choose, type VersionEntry } from './catalog.js'
import type { Lifecycle } from './lifecycle.js'
import type { LoadedVersion } from './loaded-version.js'
import { onAbort } from './on-abort.js'
import type { Residence } from './residence.js'
import type {
  Addressee,
  Contribution,
  InferenceService,
  RequestOptions,
  RequestRecord,
  RowPredictions,
  Served,
} from './service.js'
import type { ReadRows } from './row-columns.js'
import type { Tensors } from './tensor-rows.js'
import { type Answer, timerDelay, type Work } from './job.js'

interface Setup {
  readonly catalog: Catalog
  readonly life: Lifecycle
  readonly requestListeners: ReadonlySet<(record: RequestRecord) => void>
  /** Why no requests are taken. */
  readonly refused: () => Error | undefined
}

/** A request that has found its version. */
interface Visit {
  readonly entry: VersionEntry
  readonly resident: Residence
  /** What is left of the time that the caller gives. */
  readonly options: RequestOptions
}

export function predictions(setup: Setup): Pick<InferenceService, 'predictRows' | 'predictTensors'> {
  const { catalog, life, requestListeners, refused } = setup

  /** Finds the version, keeps it in memory as long as the work lasts, and tells what came of it. */
  async function visit<Result extends { readonly served: Served }>(
    to: Addressee,
    options: RequestOptions,
    work: (visit: Visit) => Promise<Result>,
    told: { readonly rows: number; readonly inputs: readonly Row[] | undefined },
  ): Promise<Result> {
    let version: string | undefined
    try {
      const reason = refused()
      if (reason !== undefined) throw reason
      const entry = choose(catalog, to, true)
      version = entry.source.version
      life.touch(entry)
      // Without a wait where it is there: a promise more is felt by the fastest models.
      const found = entry.current === undefined ? await arrive(entry, options) : enter(entry, options)
      const result = await stay(found, work)
      if (requestListeners.size > 0)
        tell({
          ...result.served,
          ...told,
          requestId: options.requestId,
          errorCode: undefined,
          result: rowsOnly(result),
        })
      return result
    } catch (error) {
      tell({ ...failure(to, version, error), ...told, requestId: options.requestId, result: undefined })
      throw error
    }
  }

  /** Waits until a version is loaded, as long as the caller does. */
  async function arrive(entry: VersionEntry, options: RequestOptions): Promise<Visit> {
    const left = remaining(options)
    // What was there when it was promised may be gone when the promise is heard.
    do await patient(life.residenceOf(entry), left())
    while (entry.current === undefined)
    return enter(entry, left())
  }

  function tell(record: RequestRecord): void {
    for (const listener of requestListeners) {
      try {
        listener(record)
      } catch {
        // The answer stands, whatever becomes of what is told about it.
      }
    }
  }

  return {
    predictRows: (to, rows, options = {}) =>
      visit(to, options, (found) => predictRows(found, rows), {
        rows: Array.isArray(rows) ? rows.length : columnsLength(rows),
        inputs: Array.isArray(rows) ? (rows as readonly Row[]) : undefined,
      }),
    predictTensors: (to, inputs, outputs, options = {}) =>
      visit(to, options, (found) => predictTensors(found, inputs, outputs), {
        rows: rowsOf(inputs),
        inputs: undefined,
      }),
  }
}

function enter(entry: VersionEntry, options: RequestOptions): Visit {
  const resident = entry.current!
  resident.enter()
  return { entry, resident, options }
}

/** The options of a request with the time that is left. */
function remaining(options: RequestOptions): () => RequestOptions {
  const { timeout } = options
  if (timeout === undefined) return () => options
  const start = now()
  return () => ({ ...options, timeout: Math.max(0, timeout - (now() - start)) })
}

async function stay<Result>(found: Visit, work: (visit: Visit) => Promise<Result>): Promise<Result> {
  try {
    return await work(found)
  } finally {
    found.resident.leave()
  }
}

const servedBy = (
  { entry }: Visit,
  { queueTime, computeTime, batchSize }: Omit<Answer, 'outputs'>,
): Served => ({
  model: entry.source.model,
  version: entry.source.version,
  queueTime,
  computeTime,
  batchSize,
})

async function predictRows(
  found: Visit,
  rows: Parameters<InferenceService['predictRows']>[1],
): Promise<RowPredictions> {
  const { entry, resident, options } = found
  const { face, loaded } = resident
  if (face === undefined) {
    throw new UsageError(
      `Model '${entry.source.model}' is a plain graph, which knows no columns. Give tensors for its inputs, or serve the bundle that train wrote.`,
      { argument: 'rows' },
    )
  }
  const read = face.read(rows)
  if (options.explain === true) face.explainer.check(read.rows)
  const answer =
    read.rows === 0 ? nothing : await loaded.queue.submit({ inputs: read.inputs, rows: read.rows }, options)
  const explanations =
    options.explain === true ? await explained({ face, loaded, options }, read, answer.outputs) : undefined
  return face.answer(read, answer.outputs, { served: servedBy(found, answer), explanations })
}

const nothing: Answer = { outputs: {}, queueTime: 0, computeTime: 0, batchSize: 0 }

function explained(
  {
    face,
    loaded,
    options,
  }: { readonly face: BundleFace; readonly loaded: LoadedVersion; readonly options: RequestOptions },
  { inputs, rows }: ReadRows,
  outputs: Tensors,
): Promise<readonly (readonly Contribution[])[]> {
  const left = remaining(options)
  return face.explainer.explain(
    { inputs, rows, outputs },
    async (mixed, count) =>
      (await loaded.queue.submit({ inputs: mixed, rows: count, alone: true }, left())).outputs,
  )
}

async function predictTensors(
  found: Visit,
  inputs: Tensors,
  wanted: readonly string[] | undefined,
): Promise<{ readonly served: Served; readonly outputs: Tensors }> {
  const { loaded } = found.resident
  if (wanted !== undefined) requireOutputs(loaded, wanted)
  // Before it is joined with others: they must not fail with it.
  checkFeeds(loaded.inputs, inputs)
  const answer = await loaded.queue.submit(workOf(loaded, inputs), found.options)
  const outputs = wanted === undefined ? answer.outputs : only(answer.outputs, wanted)
  return { served: servedBy(found, answer), outputs }
}

function workOf({ inputs: ports, queue }: LoadedVersion, inputs: Tensors): Work {
  const rows = inputs[ports[0]?.name ?? '']?.dims[0] ?? 1
  const alone = queue.joins && ports.some(({ name }) => inputs[name]!.dims[0] !== rows)
  return { inputs, rows, alone }
}

function requireOutputs({ outputs }: LoadedVersion, wanted: readonly string[]): void {
  const names = outputs.map(({ name }) => name)
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown === undefined) return
  const closest = closestName(unknown, names)
  throw new UsageError(
    `The model has no output '${unknown}'. ${closest === undefined ? `It has ${names.map((name) => `'${name}'`).join(', ')}.` : `Did you mean '${closest}'?`}`,
    { argument: 'outputs', available: names },
  )
}

const only = (outputs: Tensors, wanted: readonly string[]): Tensors =>
  Object.fromEntries(wanted.map((name) => [name, outputs[name]!]))

function rowsOf(inputs: Tensors): number {
  const [first] = Object.values(inputs) as (Tensor | undefined)[]
  return first?.dims[0] ?? 1
}

const columnsLength = (columns: unknown): number => {
  const first: unknown = columns instanceof Map ? columns.values().next().value : undefined
  return (first as { readonly length?: number } | undefined)?.length ?? 0
}

const rowsOnly = (result: object): RowPredictions | undefined =>
  'predictions' in result ? (result as RowPredictions) : undefined

function failure(to: Addressee, version: string | undefined, error: unknown) {
  const errorCode = ModelwrightError.is(error)
    ? error.code
    : (error as Error | null)?.name === 'AbortError'
      ? 'aborted'
      : 'internal'
  return { model: to.model, version, queueTime: 0, computeTime: 0, batchSize: 0, errorCode }
}

/** A promise, as long as the caller waits for it. */
function patient<Value>(promise: Promise<Value>, { signal, timeout }: RequestOptions): Promise<Value> {
  signal?.throwIfAborted()
  if (signal === undefined && timeout === undefined) return promise
  return new Promise((resolve, reject) => {
    const timer =
      timeout === undefined ? undefined : setTimeout(() => reject(stillLoading(timeout)), timerDelay(timeout))
    const stopListening =
      signal === undefined ? undefined : onAbort(signal, () => reject(signal.reason as Error))
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      stopListening?.()
    })
  })
}

const stillLoading = (timeout: number): OverloadError =>
  new OverloadError(
    `The model is still being loaded after the ${timeout} ms of the request. Try again later, or allow more time.`,
    { retryAfter: 1, reason: 'loading' },
  )
