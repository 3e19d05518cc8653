// The engine of training: the runtime computes loss and gradients from parameters that lie in the optimizer's memory, and the
// optimizer updates them there. Gradients are copied once, by the runtime. All it is told is plain data, so that it runs in
// any thread.
import { UsageError } from '../../../base/index.js'
import type { DType, NDArray } from '../../../engine/graph/index.js'
import { optimizerMemory, type OptimizerMemory } from '../../../engine/kernels/index.js'
import { type Device, openSession, type Session, type Tensor } from '../../../engine/onnx/index.js'
import { type OptimizerDocument, optimizerOf } from '../optimizer-of.js'
import { firstState, gradientRegion, parameterRegion } from '../optimizers.js'
import { type Arrays, copied } from '../scope.js'

/** What is trained and how, as plain data. */
export interface StepPlan {
  /** A model of { params.…, states.…, …batch } → { loss, updates.…, grads.… }. */
  readonly onnx: Uint8Array
  readonly parameters: Arrays
  readonly states: Arrays
  readonly decays: readonly boolean[]
  readonly optimizer: OptimizerDocument
  /** Gradients longer than this, all as one vector, are shortened to it; null: never. */
  readonly clipNorm: number | null
  /** Keeps a moving average of the parameters, with this decay; null: none. */
  readonly averageDecay: number | null
  readonly threads: number | undefined
  readonly engine: 'auto' | 'native' | 'wasm'
  readonly device: Device
  /** A model of { params.…, …batch } → what is to be known of a batch without learning from it; null: none. */
  readonly evaluation: Uint8Array | null
}

/** What one call is told. */
export interface StepRequest {
  readonly batch: Readonly<Record<string, NDArray>>
  readonly learningRate: number
  /** Batches whose gradients are added up before an update. */
  readonly accumulate: number
}

/** What one call gives. */
export interface StepResult {
  /** Before the update. */
  readonly loss: number
  /** Length of the gradient, all as one vector, before it is clipped; NaN where it is no number; undefined where nothing asks for it. */
  readonly gradientNorm: number | undefined
  /** Whether parameters were updated: not while gradients add up, and not for a loss or a gradient that is no number. */
  readonly updated: boolean
}

/** All that a checkpoint keeps beside the parameters. */
export interface EngineState {
  readonly updates: number
  /** Batches whose gradients are added up and wait for an update. */
  readonly summed: number
  /** What the optimizer keeps, by its name and the path of the parameter. */
  readonly optimizer: Readonly<Record<string, Arrays>>
  /** Gradients that wait for an update; none where none wait. */
  readonly accumulated?: Arrays | undefined
  /** The moving average of the parameters, where one is kept. */
  readonly average?: Arrays | undefined
}

/** All arrays of an engine. */
export interface EngineArrays {
  readonly parameters: Arrays
  /** The moving average, or the parameters where there is none. */
  readonly averaged: Arrays
  readonly states: Arrays
}

export interface StepEngine {
  readonly engine: string
  readonly note: string | undefined
  readonly parameters: Arrays
  readonly gradients: Arrays
  readonly states: Arrays
  step(request: StepRequest): Promise<StepResult>
  /** The outputs of the model of evaluation, for the parameters as they are now or their moving average. */
  evaluate(batch: Readonly<Record<string, NDArray>>, average: boolean): Promise<Record<string, NDArray>>
  /** Copies of all arrays as they are now. */
  read(): EngineArrays
  save(): EngineState
  restore(parameters: Arrays, states: Arrays, state: EngineState): void
  close(): Promise<void>
}

/** Opens the engine. */
export async function openStepEngine(plan: StepPlan): Promise<StepEngine> {
  const regions = await openRegions(plan)
  const { parameters, gradients, averages } = regions
  const [states, nextStates] = [copied(plan.states), copied(plan.states)]
  const { session, judge } = await openSessions(plan)
  const loss = new Float32Array(1)
  const fixed = { ...ports('params', parameters), ...ports('states', states) }
  const outputs = {
    loss: tensorOf({ dtype: 'float32', shape: [], data: loss }),
    ...ports('updates', onlyUpdated(session, nextStates)),
    ...ports('grads', gradients),
  }
  const updater = updaterOf(plan, regions)
  const keeps = plan.averageDecay !== null
  return {
    engine: session.engine,
    note: session.note ?? slownessOf(session),
    parameters,
    gradients,
    states,
    async step({ batch, learningRate, accumulate }) {
      await session.bind({ ...fixed, ...ports('', batch) }, outputs)()
      if (!Number.isFinite(loss[0])) return { loss: loss[0]!, gradientNorm: undefined, updated: false }
      copyInto(states, nextStates)
      return { loss: loss[0]!, ...updater.take(learningRate, accumulate) }
    },
    async evaluate(batch, average) {
      const params = { ...(average && keeps ? averages : parameters), ...states }
      const found = await required(judge).run({ ...ports('params', params), ...ports('', batch) })
      return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, arrayOf(value)]))
    },
    read: () => ({
      parameters: copied(parameters),
      averaged: copied(keeps ? averages : parameters),
      states: copied(states),
    }),
    save: () => savedState(regions, { ...updater.counts(), keeps }),
    restore(savedParameters, savedStates, state) {
      copyInto(parameters, savedParameters)
      copyInto(states, savedStates)
      restoreState(regions, state)
      updater.restore(state)
    },
    async close() {
      await session.close()
      await judge?.close()
    },
  }
}

async function openSessions({ onnx, evaluation, engine, device, threads }: StepPlan) {
  const session = await openSession(onnx, { engine, device, threads, training: true })
  try {
    const judge = evaluation === null ? undefined : await openSession(evaluation, { engine, device, threads })
    return { session, judge }
  } catch (error) {
    await session.close()
    throw error
  }
}

/** The slower engine says so, also where it was asked for. */
const slownessOf = ({ engine }: Session): string | undefined =>
  engine === 'wasm'
    ? "Training on the WebAssembly engine, as asked for, which is slower and uses one thread. With engine: 'auto' the native one is taken where it is installed."
    : undefined

function required(session: Session | undefined): Session {
  if (session !== undefined) return session
  throw new UsageError(
    'evaluate: this training has nothing to evaluate with. Open it with the option evaluation.',
    { argument: 'evaluation' },
  )
}

function savedState(
  { optimizerArrays, sums, averages }: Regions,
  { updates, summed, keeps }: Pick<EngineState, 'updates' | 'summed'> & { readonly keeps: boolean },
): EngineState {
  const optimizer = Object.entries(optimizerArrays).map(([name, arrays]) => [name, copied(arrays)])
  return {
    updates,
    summed,
    optimizer: Object.fromEntries(optimizer) as Record<string, Arrays>,
    ...(summed > 0 ? { accumulated: copied(sums) } : {}),
    ...(keeps ? { average: copied(averages) } : {}),
  }
}

function restoreState({ optimizerArrays, sums, averages }: Regions, state: EngineState): void {
  for (const [name, arrays] of Object.entries(optimizerArrays)) copyInto(arrays, state.optimizer[name]!)
  if (state.accumulated !== undefined) copyInto(sums, state.accumulated)
  if (state.average !== undefined) copyInto(averages, state.average)
}

/** Takes gradients up: sums them while there are fewer than asked for, then updates. */
function updaterOf(
  plan: StepPlan,
  { memory, optimizer, sumRegion }: Pick<Regions, 'memory' | 'optimizer' | 'sumRegion'>,
) {
  let updates = 0
  let summed = 0
  return {
    counts: () => ({ updates, summed }),
    restore(counts: Pick<EngineState, 'updates' | 'summed'>) {
      updates = counts.updates
      summed = counts.summed
    },
    take(learningRate: number, accumulate: number): Omit<StepResult, 'loss'> {
      if (accumulate > 1) add(memory, sumRegion, summed === 0)
      if (++summed < accumulate) return { gradientNorm: undefined, updated: false }
      if (accumulate > 1) memory.view(gradientRegion).set(memory.view(sumRegion))
      const { gradientNorm, scale } = clipped(memory, plan.clipNorm, 1 / summed)
      summed = 0
      // The slope of a root at 0 is infinite where the loss is not: parameters would be no numbers from here on.
      if (!Number.isFinite(gradientNorm ?? 0)) {
        memory.view(sumRegion).fill(0)
        return { gradientNorm, updated: false }
      }
      optimizer.update(memory, { step: ++updates, learningRate, gradientScale: scale, decays: plan.decays })
      if (plan.averageDecay !== null) average(memory, sumRegion + 1, plan.averageDecay, updates)
      return { gradientNorm, updated: true }
    },
  }
}

type Regions = Awaited<ReturnType<typeof openRegions>>

/** The memory of a plan: parameters, gradients, the optimizer's state, sums of gradients, moving averages. */
async function openRegions(plan: StepPlan) {
  const optimizer = optimizerOf(plan.optimizer)
  const paths = Object.keys(plan.parameters)
  const lengths = paths.map((path) => plan.parameters[path]!.data.length)
  const sumRegion = firstState + optimizer.states.length
  const memory = await optimizerMemory(lengths, sumRegion + 2)
  const arrays = (region: number): Arrays =>
    Object.fromEntries(
      paths.map((path, i) => [path, { ...plan.parameters[path]!, data: memory.view(region, i) }]),
    )
  const parameters = arrays(parameterRegion)
  const averages = arrays(sumRegion + 1)
  copyInto(parameters, plan.parameters)
  copyInto(averages, plan.parameters)
  return {
    memory,
    optimizer,
    parameters,
    gradients: arrays(gradientRegion),
    optimizerArrays: Object.fromEntries(optimizer.states.map((name, i) => [name, arrays(firstState + i)])),
    sumRegion,
    sums: arrays(sumRegion),
    averages,
  }
}

function copyInto(to: Arrays, from: Arrays): void {
  for (const path of Object.keys(to)) to[path]!.data.set(from[path]!.data)
}

/** States that the network changes in training; others stay as they are. */
function onlyUpdated(session: Session, states: Arrays): Arrays {
  const names = new Set(session.outputs.map(({ name }) => name))
  return Object.fromEntries(Object.entries(states).filter(([path]) => names.has(`updates.${path}`)))
}

/** Adds the gradients to the sum, or begins a new one. */
function add(memory: OptimizerMemory, sumRegion: number, first: boolean): void {
  const [to, from] = [memory.address(sumRegion), memory.address(gradientRegion)]
  memory.kernel.mix(to, from, memory.size, first ? 0 : 1, 1)
}

/** What gradients are multiplied with: the mean over batches, shortened where they are too long. */
function clipped(
  memory: OptimizerMemory,
  clipNorm: number | null,
  share: number,
): { readonly gradientNorm: number | undefined; readonly scale: number } {
  const { kernel, size } = memory
  const gradients = memory.address(gradientRegion)
  // In a third of the time of the length.
  if (clipNorm === null)
    return { gradientNorm: kernel.allFinite(gradients, size) === 1 ? undefined : Number.NaN, scale: share }
  const gradientNorm = Math.sqrt(kernel.sumOfSquares(gradients, size)) * share
  // PyTorch's tiny number, which keeps a gradient of zeros whole.
  return { gradientNorm, scale: share * Math.min(1, clipNorm / (gradientNorm + 1e-6)) }
}

/** Early averages count few steps, so that the start is soon forgotten. */
function average(memory: OptimizerMemory, region: number, decay: number, updates: number): void {
  const own = Math.min(decay, updates / (updates + 9))
  memory.kernel.mix(memory.address(region), memory.address(parameterRegion), memory.size, own, 1 - own)
}

const tensorOf = ({
  dtype,
  shape,
  data,
}: {
  dtype: DType
  shape: readonly number[]
  data: NDArray['data']
}): Tensor => ({ type: dtype, dims: shape, data }) as Tensor

const arrayOf = ({ type, dims, data }: Tensor): NDArray => ({ dtype: type, shape: dims, data }) as NDArray

const ports = (prefix: string, arrays: Readonly<Record<string, NDArray>>): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(arrays).map(([path, value]) => [
      prefix === '' ? path : `${prefix}.${path}`,
      tensorOf(value),
    ]),
  )
