// One step of training, from a traced loss: here, or in a worker thread so that this one stays free.
import { UsageError } from '../../../base/index.js'
import { gradientsOf, type NDArray, toOnnx, type Traced } from '../../../engine/graph/index.js'
import { channelBlock, type SessionOptions } from '../../../engine/onnx/index.js'
import type { Optimizer } from '../optimizers.js'
import type { Arrays } from '../scope.js'
import { openStepEngine, type EngineState, type StepPlan, type StepResult } from './step-engine.js'
import { openWorkerEngine } from './worker-engine.js'

/** How a step is made. */
export interface StepOptions extends Pick<SessionOptions, 'engine' | 'device' | 'threads'> {
  readonly optimizer: Optimizer
  /** The value of each parameter to begin with, by its path. */
  readonly parameters: Arrays
  /** What is kept but not learned, such as running means. @default none */
  readonly states?: Arrays
  /** Whether weight decay applies to a parameter. @default those of two axes and more: neither biases nor norms */
  readonly decays?: (path: string, shape: readonly number[]) => boolean
  /** Shortens gradients, all as one vector, to this length. @default never */
  readonly clipNorm?: number
  /** Keeps a moving average of the parameters with this decay, such as 0.999. @default none */
  readonly averageDecay?: number
  /** Computes in a worker thread. @default false */
  readonly worker?: boolean
  /** A function of { params, …batch } for `evaluate`, where params holds parameters and states. @default none */
  readonly evaluation?: Traced
}

/** What a single call is told. */
export interface StepCall {
  /** @default the optimizer's */
  readonly learningRate?: number
  /** Adds up the gradients of so many calls before an update. @default 1 */
  readonly accumulate?: number
}

/** A network in training. Close it when done; `await using` does. */
export interface TrainingStep extends AsyncDisposable {
  readonly engine: string
  /** Why the slower engine is in use, and how to get the faster one; undefined otherwise. */
  readonly note: string | undefined
  /** Parameters by path: as they are now, or, with a worker, as they were when `snapshot` was called last. */
  readonly parameters: Arrays
  /** Gradients of the last call; empty where a worker keeps them. */
  readonly gradients: Arrays
  readonly states: Arrays
  /** Computes loss and gradients, then updates the parameters. Gives the loss before the update. */
  step(batch: Readonly<Record<string, NDArray>>, call?: StepCall): Promise<number>
  /** As `step`, with all that there is to know. */
  run(batch: Readonly<Record<string, NDArray>>, call?: StepCall): Promise<StepResult>
  /** What the traced `evaluation` gives for a batch, with the parameters as they are now or their moving average. */
  evaluate(
    batch: Readonly<Record<string, NDArray>>,
    which?: 'current' | 'average',
  ): Promise<Readonly<Record<string, NDArray>>>
  /** Copies of parameters and states now; of the moving average where one is kept and asked for. */
  snapshot(which?: 'current' | 'average'): Promise<{ readonly parameters: Arrays; readonly states: Arrays }>
  save(): Promise<EngineState>
  restore(parameters: Arrays, states: Arrays, state: EngineState): Promise<void>
  close(): Promise<void>
}

/**
 * Prepares training of a traced loss.
 *
 * @param traced - a function of { params, states?, …batch } that gives one float, or { loss, updates } with what states become
 */
export async function openTrainingStep(traced: Traced, options: StepOptions): Promise<TrainingStep> {
  const { optimizer } = options
  const plan = planOf(traced, options, await channelBlock(options.engine, options.device))
  const engine = options.worker === true ? await openWorkerEngine(plan) : await openStepEngine(plan)
  let closing: Promise<void> | undefined
  // A worker that has ended would never answer.
  const open = (): typeof engine => {
    if (closing === undefined) return engine
    throw new UsageError(
      'This training is closed: its engine is gone. Open another one, with the values of a snapshot.',
    )
  }
  // Async: also the refusal is a rejection.
  const run = async (
    batch: Readonly<Record<string, NDArray>>,
    { learningRate = optimizer.learningRate, accumulate = 1 }: StepCall = {},
  ): Promise<StepResult> => open().step({ batch, learningRate, accumulate })
  const close = (): Promise<void> => (closing ??= engine.close())
  return {
    engine: engine.engine,
    note: engine.note,
    parameters: engine.parameters,
    gradients: engine.gradients,
    states: engine.states,
    run,
    step: async (batch, call) => (await run(batch, call)).loss,
    evaluate: async (batch, which = 'current') => open().evaluate(batch, which === 'average'),
    async snapshot(which = 'current') {
      const { parameters, averaged, states } = await open().read()
      return { parameters: which === 'average' ? averaged : parameters, states }
    },
    save: async () => open().save(),
    restore: async (parameters, states, state) => open().restore(parameters, states, state),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function planOf(traced: Traced, options: StepOptions, block: number | undefined): StepPlan {
  const { optimizer, parameters, states = {}, decays = defaultDecays } = options
  const single = traced.outputShape === 'leaf'
  const named = single ? { ...traced, outputPaths: ['loss'], outputShape: { loss: 'leaf' as const } } : traced
  return {
    onnx: toOnnx(gradientsOf(named, 'params'), { portable: false, channelBlock: block }),
    parameters,
    states,
    decays: Object.entries(parameters).map(([path, { shape }]) => decays(path, shape)),
    optimizer: { kind: optimizer.kind, options: optimizer.options },
    clipNorm: options.clipNorm ?? null,
    averageDecay: options.averageDecay ?? null,
    threads: options.threads,
    engine: options.engine ?? 'auto',
    device: options.device ?? 'cpu',
    evaluation:
      options.evaluation === undefined
        ? null
        : toOnnx(options.evaluation, { portable: false, channelBlock: block }),
  }
}

const defaultDecays = (_: string, shape: readonly number[]): boolean => shape.length >= 2
