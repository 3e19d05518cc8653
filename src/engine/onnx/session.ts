// A loaded model: named tensors in, named tensors out, on whichever engine there is.
import {
  checkOptions,
  DataError,
  flag,
  FormatError,
  type MemoryError,
  oneOf,
  type OptionChecks,
  outOfMemory,
  threadsOption,
  UsageError,
  workSpecs,
} from '../../base/index.js'
import { dataTypeCode, type TensorType } from './data-types.js'
import { discard } from './discard.js'
import { chooseEngine, type ChosenEngine, type EngineChoice, engineForDevice } from './engines.js'
import { externalFiles, externalLocations } from './external-data.js'
import { checkFeeds, type Port } from './feeds.js'
import { decodeModel } from './decode.js'
import { readFileOrNotFound } from './model-file.js'
import type {
  Device,
  Engine,
  EngineName,
  RuntimeModel,
  RuntimePort,
  RuntimeSession,
  RuntimeTensor,
} from './runtime.js'
import type { Tensor } from './tensor.js'

/** How a model is loaded. */
export interface SessionOptions {
  /** Which engine runs it. @default 'auto' (or what MODELWRIGHT_ENGINE says) */
  readonly engine?: EngineChoice | undefined
  /**
   * Where operators are computed. 'cuda' needs the native engine, its CUDA libraries and an NVIDIA device; operators for which the
   * runtime has no CUDA kernel still run on the CPU. @default 'cpu'
   */
  readonly device?: Device | undefined
  /** Threads of one operator, native engine only; WebAssembly always uses one. @default one per core */
  readonly threads?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** For a step that runs again and again while its weights change, with nothing beside it. @default false */
  readonly training?: boolean | undefined
}

const checks: OptionChecks<SessionOptions> = {
  // Engines themselves say which there are.
  engine: true,
  device: oneOf(['cpu', 'cuda'], { default: 'cpu' }),
  threads: threadsOption,
  signal: workSpecs.signal,
  training: flag({ default: false }),
}

/** A model ready to run. Close it when done; `await using` does. */
export interface Session extends AsyncDisposable {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly engine: EngineName
  readonly device: Device
  /** Why the fallback engine is in use and how to get the native one; undefined otherwise. */
  readonly note: string | undefined
  /**
   * Computes the outputs. Calls may overlap.
   *
   * @throws {@link SchemaMismatchError} for a missing or unknown input or another element type
   * @throws {@link ShapeError} for sizes that the model does not take
   * @throws {@link DataError} when an operator refuses the values
   * @throws {@link MemoryError} when an operator's result does not fit
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>
  /**
   * A run with the same arrays each time: their contents are read when it runs, and results are written into the outputs.
   *
   * @param outputs - arrays for some or all outputs; others are not computed for the caller
   * @throws as {@link Session.run}
   */
  bind(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: Readonly<Record<string, Tensor>>,
  ): () => Promise<void>
  /** Frees the model's memory once running calls have ended. */
  close(): Promise<void>
}

/** Behind the door of this name: doors.ts. */
export async function openSession(
  model: Uint8Array | string,
  options: SessionOptions = {},
): Promise<Session> {
  checkOptions<SessionOptions>('openSession', options, checks)
  options.signal?.throwIfAborted()
  const { device = 'cpu' } = options
  // Only the native engine knows other devices: where one is asked for, the slower engine is no substitute.
  const chosen = await chooseEngine(device === 'cpu' ? options.engine : engineForDevice(options.engine))
  await chosen.engine.requireDevice(device)
  const source = await readModel(model)
  options.signal?.throwIfAborted()
  const session = await chosen.engine.open(source, options).catch((error: unknown) => {
    throw unreadable(source.bytes, error)
  })
  if (options.signal?.aborted === true) await session.release()
  options.signal?.throwIfAborted()
  return sessionOf(session, { ...chosen, device })
}

async function readModel(model: Uint8Array | string): Promise<RuntimeModel> {
  if (typeof model !== 'string') {
    // The runtime would look for them in the current directory.
    if (externalLocations(model).length > 0) throw needsPath()
    return { bytes: model }
  }
  const bytes = await readFileOrNotFound(model)
  const files = await externalFiles(bytes, model)
  return files.length === 0 ? { bytes } : { bytes, external: { modelPath: model, files } }
}

function needsPath(): FormatError {
  return new FormatError(
    'ONNX model (bytes): its constants stand in files beside it. Open it by its path instead.',
    { format: 'onnx' },
  )
}

/** Only fatal errors are printed by the runtime: a failed run arrives as an error, which the caller reports. */
const quiet = { logSeverityLevel: 4 } as const

/** Damaged bytes are told apart from models that the runtime does not know. */
function unreadable(bytes: Uint8Array, error: unknown): FormatError {
  try {
    decodeModel(bytes)
  } catch (damage) {
    if (damage instanceof FormatError) return damage
  }
  const reason = reasonOf(error)
  const missing = /Could not find an implementation for (\w+)/.exec(reason)?.[1]
  return new FormatError(
    missing === undefined
      ? `ONNX model: the runtime cannot load it: ${reason}. Check that its operators and versions are supported.`
      : `ONNX model: the runtime has no ${missing} for the element types of this model, such as float64, where most are for float32. Cast what goes in to float32. (It says: ${reason}.)`,
    { format: 'onnx', ...(missing === undefined ? {} : { operator: missing }) },
    error,
  )
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().replace(/\.$/, '')

function sessionOf(
  session: RuntimeSession,
  { engine, note, device }: ChosenEngine & { readonly device: Device },
): Session {
  const inputs = session.inputMetadata.map(portOf)
  const outputs = session.outputMetadata.map(portOf)
  const running = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined
  const tracked = async (
    work: () => Promise<Record<string, RuntimeTensor>>,
  ): Promise<Record<string, RuntimeTensor>> => {
    if (closed !== undefined) throw afterClose()
    const result = engine.schedule(work)
    running.add(result)
    try {
      return await result
    } catch (error) {
      throw runFailure(error)
    } finally {
      running.delete(result)
    }
  }
  const close = (): Promise<void> => (closed ??= Promise.allSettled(running).then(() => session.release()))
  return {
    inputs,
    outputs,
    engine: engine.name,
    device,
    note,
    bind(feeds, results) {
      checkFeeds(inputs, feeds)
      const fed = runtimeTensors(engine, feeds)
      const fetched = engine.fillsOutputs ? runtimeTensors(engine, results) : unfilled(results)
      return async () => {
        const given = await tracked(() => session.run(fed, fetched, quiet))
        if (engine.fillsOutputs) discard(given, results)
        else for (const name in results) copy(given[name]!, results[name]!)
      }
    },
    async run(feeds) {
      checkFeeds(inputs, feeds)
      const fed = runtimeTensors(engine, feeds)
      return plainTensors(await tracked(() => session.run(fed, quiet)))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

const afterClose = (): UsageError =>
  new UsageError('The model was closed: it cannot predict any more. Load it again, or close it later.', {
    argument: 'session',
  })

function portOf({ name, isTensor, type, shape }: RuntimePort): Port {
  if (!isTensor || type === undefined || !(type in dataTypeCode)) {
    throw new FormatError(
      `ONNX model: '${name}' is not a tensor of a type that Modelwright carries (${type ?? 'a sequence or map'}). Export the model without ZipMap and with tensor outputs.`,
      { format: 'onnx', value: name },
    )
  }
  // The engines give sizes without a name as '' or a negative number.
  const sizes = (shape ?? []).map((size) => (typeof size === 'number' && size < 0 ? '' : size))
  return { name, type: type as TensorType, shape: sizes }
}

function runtimeTensors(
  engine: Engine,
  given: Readonly<Record<string, Tensor>>,
): Record<string, RuntimeTensor> {
  // Without a prototype: an input may be named `__proto__`.
  const tensors = Object.create(null) as Record<string, RuntimeTensor>
  // Not by Object.entries: this is a tenth of the time of a small model.
  for (const name in given) {
    const value = given[name]!
    tensors[name] = new engine.Tensor(value.type, value.data, value.dims)
  }
  return tensors
}

function copy(given: RuntimeTensor, wanted: Tensor): void {
  ;(wanted.data as Float32Array).set(given.data as Float32Array)
}

/** Asks for outputs without giving arrays for them. */
const unfilled = (results: Readonly<Record<string, Tensor>>): Record<string, null> =>
  Object.fromEntries(Object.keys(results).map((name) => [name, null]))

function plainTensors(results: Record<string, RuntimeTensor>): Record<string, Tensor> {
  const plain: Record<string, Tensor> = {}
  for (const name in results) {
    const { type, dims, data } = results[name]!
    plain[name] = { type, dims, data } as Tensor
  }
  return plain
}

// As the runtime's allocator says it, and as C++ does where that asked the system itself.
const memoryFailure =
  /running (?<operator>\w+) node[^]*(?:requested buffer of size (?<bytes>\d+)|bad_alloc|bad allocation)/

function runFailure(error: unknown): DataError | MemoryError {
  const { operator, bytes } = memoryFailure.exec(reasonOf(error))?.groups ?? {}
  if (operator !== undefined)
    return outOfMemory(
      `ONNX model: a ${operator} operator`,
      bytes === undefined ? undefined : Number(bytes),
      error,
    )
  return new DataError(`ONNX model: an operator refused the inputs: ${reasonOf(error)}.`, {}, error)
}
