// Training a network: epochs of batches, validation, early stopping, checkpoints, within a time if one is given.
import { checkpoint, ConvergenceError, now, UsageError } from '../../base/index.js'
import {
  type NDArray,
  random,
  trace,
  type Tensor,
  type Traced,
  type Value,
} from '../../engine/graph/index.js'
import { type Batch, batchSpecs, type BatchSource, prefetched } from './batches.js'
import { findBlowUp } from './diagnose.js'
import { openEvaluation } from './evaluate-network.js'
import type { Network, Values } from './network.js'
import { type Arrays, declaredSpecs } from './scope.js'
import type { Schedule } from './schedules.js'
import {
  type FitNetworkOptions,
  type FittedNetwork,
  type LossFunction,
  type NetworkEvent,
  patienceOf,
} from './train-options.js'
import { openTrainingStep, type TrainingStep } from './training-step.js'

/**
 * Trains a network.
 *
 * Gives the parameters of the best validation loss where there is validation, else the last ones (of the moving average where
 * one is kept).
 *
 * @throws {@link ConvergenceError} when the loss is no number any more: with the step, and the layer where it began
 */
export async function fitNetwork(net: Network, options: FitNetworkOptions): Promise<FittedNetwork> {
  const initial = options.initial ?? net.initialize(options.seed ?? 0)
  const [parameters, states] = apart(net, initial)
  const first = await firstBatch(options.data)
  const traced = lossOf(net, options.loss, first)
  await using step = await openTrainingStep(traced, { ...options, parameters, states })
  await using evaluation = await openEvaluation(net, options)
  const run: Run = { net, options, step, evaluation, traced, start: now(), ...startOf() }
  if (step.note !== undefined) options.onEvent?.({ type: 'warning', code: 'slow-engine', message: step.note })
  if (options.resume !== undefined) await resume(run, options.resume)
  for (; run.epoch < (options.epochs ?? Infinity) && !run.done; run.epoch++) await epoch(run)
  const last = await step.snapshot(options.averageDecay === undefined ? 'current' : 'average')
  const best = run.best ?? { ...last.parameters, ...last.states }
  return {
    values: best,
    steps: run.steps,
    epochs: run.epoch,
    history: run.history,
    stopped: run.stopped,
    engine: step.engine,
  }
}

interface Run {
  readonly net: Network
  readonly options: FitNetworkOptions
  readonly step: TrainingStep
  readonly evaluation: Awaited<ReturnType<typeof openEvaluation>>
  readonly traced: Traced
  readonly start: number
  epoch: number
  steps: number
  done: boolean
  stopped: FittedNetwork['stopped']
  best: Arrays | undefined
  bestLoss: number
  waited: number
  readonly history: FittedNetwork['history'][number][]
}

const startOf = () => ({
  epoch: 0,
  steps: 0,
  done: false,
  stopped: 'finished' as const,
  best: undefined,
  bestLoss: Infinity,
  waited: 0,
  history: [],
})

async function epoch(run: Run): Promise<void> {
  const { options } = run
  let sum = 0
  let count = 0
  for await (const batch of prefetched(options.data(run.epoch))) {
    await checkpoint(options.signal)
    const loss = await one(run, batch)
    sum += loss
    count++
    if (isOver(run)) break
  }
  if (count === 0) throw new UsageError('fitNetwork: the data gave no batch.')
  const trainLoss = sum / count
  const validation = await run.evaluation?.validate(run.step)
  run.history.push({
    epoch: run.epoch,
    steps: run.steps,
    trainLoss,
    ...(validation === undefined ? {} : { validation }),
  })
  emit(run, {
    type: 'epoch-end',
    epoch: run.epoch,
    trainLoss,
    validation,
    seconds: (now() - run.start) / 1000,
  })
  const loss = validation?.['loss']
  options.plateau?.report(loss ?? trainLoss)
  if (loss !== undefined) await judge(run, loss)
  if (options.onCheckpoint !== undefined) await options.onCheckpoint(await checkpointOf(run))
}

/** One step, at the rate of the schedule. */
async function one(run: Run, batch: Batch): Promise<number> {
  const { options, step } = run
  const factor = (options.schedule ?? same)(run.steps) * (options.plateau?.factor(run.steps) ?? 1)
  const learningRate = options.optimizer.learningRate * factor
  const key = random.foldIn(random.key(options.seed ?? 0), run.steps) as NDArray
  const result = await step.run({ ...batch, key }, { learningRate, accumulate: options.accumulate ?? 1 })
  if (!Number.isFinite(result.loss)) throw await blownUp(run, { ...batch, key }, result.loss)
  run.steps++
  const seconds = (now() - run.start) / 1000
  emit(run, {
    type: 'step-end',
    step: run.steps,
    loss: result.loss,
    learningRate,
    stepsPerSecond: run.steps / seconds,
  })
  return result.loss
}

const same: Schedule = () => 1

function isOver(run: Run): boolean {
  const { steps, timeBudget } = run.options
  if (steps !== undefined && run.steps >= steps) run.done = true
  if (timeBudget !== undefined && (now() - run.start) / 1000 >= timeBudget) {
    run.done = true
    run.stopped = 'time'
  }
  return run.done
}

/** Keeps the best, and stops when none came for a while. */
async function judge(run: Run, loss: number): Promise<void> {
  if (loss < run.bestLoss) {
    const { parameters, states } = await run.step.snapshot(
      run.options.averageDecay === undefined ? 'current' : 'average',
    )
    run.best = { ...parameters, ...states }
    run.bestLoss = loss
    run.waited = 0
    return
  }
  if (++run.waited < patienceOf(run.options)) return
  run.done = true
  run.stopped = 'early'
}

async function checkpointOf(run: Run) {
  const { parameters, states } = await run.step.snapshot()
  const engine = await run.step.save()
  return {
    values: { ...parameters, ...states },
    engine,
    epoch: run.epoch + 1,
    steps: run.steps,
    best: run.best,
    bestLoss: run.bestLoss,
    waited: run.waited,
  }
}

async function resume(run: Run, from: NonNullable<FitNetworkOptions['resume']>): Promise<void> {
  const [parameters, states] = apart(run.net, from.values)
  await run.step.restore(parameters, states, from.engine)
  Object.assign(run, {
    epoch: from.epoch,
    steps: from.steps,
    best: from.best,
    bestLoss: from.bestLoss,
    waited: from.waited,
  })
}

async function blownUp(run: Run, batch: Batch, loss: number): Promise<ConvergenceError> {
  const { parameters, states } = await run.step.snapshot()
  const found = await findBlowUp(run.traced, { params: parameters, states, ...batch })
  const where =
    found === undefined
      ? 'All activations are finite: the targets or the gradients are not.'
      : `It began in ${found.scope === '' ? 'the loss' : `layer '${found.scope}'`} (${found.primitive}).`
  return new ConvergenceError(
    `Training: the loss is ${loss} in step ${run.steps + 1}. ${where} Try a smaller learning rate, clipNorm: 1, or look for infinite and very large inputs.`,
    { step: run.steps + 1, layer: found?.scope, operation: found?.primitive },
  )
}

const emit = ({ options }: Run, event: NetworkEvent): void => options.onEvent?.(event)

/** Parameters and states. */
function apart(net: Network, values: Arrays): [Arrays, Arrays] {
  const pick = (declared: Network['parameters']): Arrays =>
    Object.fromEntries(declared.map(({ path }) => [path, values[path]!]))
  return [pick(net.parameters), pick(net.states)]
}

async function firstBatch(data: BatchSource): Promise<Batch> {
  for await (const batch of data(0)) return batch
  throw new UsageError('fitNetwork: the data gave no batch.')
}

/** The graph of loss and updates, with batches of any number of rows. */
function lossOf(net: Network, loss: LossFunction, batch: Batch): Traced {
  const specs = {
    params: declaredSpecs(net.parameters),
    states: declaredSpecs(net.states),
    ...batchSpecs(batch),
    key: { dtype: 'uint32' as const, shape: [2] },
  }
  return trace((input: unknown) => {
    const { params, states, key, x, ...others } = input as {
      params: Values
      states: Values
      key: Value
      x: Value
    } & Values
    const updates: Record<string, Tensor> = {}
    const output = net.apply({ ...params, ...states }, x, {
      training: true,
      key,
      onUpdate: (path, value) => (updates[path] = value),
    })
    return { loss: loss(output, others as never), updates }
  }, specs as never)
}
