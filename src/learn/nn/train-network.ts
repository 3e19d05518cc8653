// Training a network: epochs of batches, validation, early stopping, checkpoints, within a time if one is given.
import { checkOptions, checkpoint, ConflictError, UsageError } from '../../base/index.js'
import { type NDArray, random, type Traced } from '../../engine/graph/index.js'
import { checkFits, type CheckpointKeeper, openKeeper, type TrainingCheckpoint } from './checkpoints/index.js'
import { blownUp } from './diagnose.js'
import { type Evaluation, prepareEvaluation } from './evaluate-network.js'
import { apart, lossOf } from './loss-graph.js'
import type { Network } from './network.js'
import { type Progress, startProgress } from './progress.js'
import { resumePoint } from './resume.js'
import type { Arrays } from './scope.js'
import { type Batch, batchCountOf, isOnce, openPass, type Pass } from './sources/index.js'
import {
  fitNetworkChecks,
  type FitNetworkOptions,
  type FittedNetwork,
  type NetworkEvent,
  patienceOf,
} from './train-options.js'
import { openTrainingStep, type TrainingStep } from './training-step.js'

/**
 * Trains a network.
 *
 * Gives the parameters of the best validation loss where there is validation, else the last ones (of the moving average where
 * one is kept). Equal seeds, data and numbers of threads give equal parameters, in a worker too; so does training that was
 * resumed from a checkpoint, within an epoch too, where the data of an epoch come in the same order again.
 *
 * @param options - see {@link FitNetworkOptions}
 * @throws {@link InvalidOptionError} for an unknown option or a value out of range
 * @throws {@link UsageError} when the data give no batch, or nothing would end training
 * @throws {@link ConvergenceError} when the loss is no number any more: with the step, and the layer where it began
 * @throws {@link ShapeError} or {@link ConflictError} when a checkpoint is of another network, optimizer or seed
 * @throws {@link EngineMissingError} when the engine or the device asked for is not there
 * @example
 * ```ts
 * const net = network(dense(1), spec('float32', ['batch', 1]))
 * const [x, y] = [array([[0], [1], [2], [3]]), array([[1], [3], [5], [7]])]
 * const { values, history } = await fitNetwork(net, {
 *   data: batches({ x, y }, { batchSize: 4 }),
 *   loss: (output, batch) => meanSquaredError(output, batch.y),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   epochs: 200,
 *   validation: [{ x, y }],
 *   metrics: ['rmse'],
 * })
 * Math.round(values['0.weight']?.data[0] ?? values['weight'].data[0]) // => 2
 * history.at(-1).validation.rmse < 0.05 // => true
 * ```
 */
export async function fitNetwork(net: Network, options: FitNetworkOptions): Promise<FittedNetwork> {
  checkOptions<FitNetworkOptions>('fitNetwork', options, fitNetworkChecks)
  requireEnd(options)
  options.signal?.throwIfAborted()
  const progress = startProgress(options, batchCountOf(options.data))
  const [from, where] = await resumePoint(options)
  if (from !== undefined) checkFits(where, from, expectedOf(net, options))
  const keeper =
    options.checkpoint === undefined ? undefined : await openKeeper(options.checkpoint, from !== undefined)
  const state = stateOf(from)
  const { pass, sample } = await beginPass(options, state)
  try {
    const evaluation = await prepareEvaluation(net, options)
    const traced = lossOf(net, options.loss, sample)
    const [parameters, states] = apart(
      net,
      from?.values ?? options.initial ?? net.initialize(options.seed ?? 0),
    )
    await using step = await openTrainingStep(traced, {
      ...options,
      parameters,
      states,
      ...(evaluation === undefined ? {} : { evaluation: evaluation.traced }),
    })
    if (from !== undefined) await step.restore(parameters, states, from.engine)
    options.plateau?.restore(from?.plateau)
    return await train({ net, options, step, evaluation, traced, progress, keeper, ...state }, pass)
  } finally {
    await pass.close()
  }
}

interface Run {
  readonly net: Network
  readonly options: FitNetworkOptions
  readonly step: TrainingStep
  readonly evaluation: Evaluation | undefined
  readonly traced: Traced
  readonly progress: Progress
  readonly keeper: CheckpointKeeper | undefined
  epoch: number
  batch: number
  lossSum: number
  steps: number
  done: boolean
  stopped: FittedNetwork['stopped']
  best: Arrays | undefined
  bestLoss: number
  waited: number
  readonly history: FittedNetwork['history'][number][]
}

const stateOf = (from: TrainingCheckpoint | undefined) => ({
  epoch: from?.epoch ?? 0,
  batch: from?.batch ?? 0,
  lossSum: from?.lossSum ?? 0,
  steps: from?.steps ?? 0,
  best: from?.best,
  bestLoss: from?.bestLoss ?? Infinity,
  waited: from?.waited ?? 0,
  history: [...(from?.history ?? [])],
  done: false,
  stopped: 'finished' as const,
})

const expectedOf = (net: Network, { optimizer, seed = 0, averageDecay }: FitNetworkOptions) => ({
  declared: [...net.parameters, ...net.states],
  optimizer,
  seed,
  averages: averageDecay !== undefined,
})

/** @throws {@link UsageError} when training would go on for ever, or passes again over what is read once */
function requireEnd({ data, epochs, steps, timeBudget, patience, signal }: FitNetworkOptions): void {
  if (isOnce(data)) {
    if (epochs === undefined || epochs === 1) return
    throw new UsageError(
      `fitNetwork: the data can be read once only, but epochs is ${epochs}. Give a function that opens them anew: data: () => …, or leave epochs out.`,
      { argument: 'epochs' },
    )
  }
  if ([epochs, steps, timeBudget, patience].some((limit) => limit !== undefined && limit < Infinity)) return
  if (signal !== undefined) return
  throw new UsageError(
    'fitNetwork: nothing would end training. Give epochs, steps, timeBudget, patience or a signal.',
    {
      argument: 'epochs',
    },
  )
}

const passOptions = ({ prefetch = 2, signal }: FitNetworkOptions) => ({ prefetch, signal })

/** Begins where training is: behind the batches of the epoch that are learned from already. */
async function beginPass(
  options: FitNetworkOptions,
  { epoch, batch }: { readonly epoch: number; readonly batch: number },
): Promise<{ readonly pass: Pass; readonly sample: Batch }> {
  const pass = openPass('fitNetwork', options.data, { epoch, ...passOptions(options) })
  try {
    const sample = await pass.next()
    if (sample === undefined) throw noBatch(epoch)
    if (batch === 0) return { pass: withFirst(sample, pass), sample }
    for (let skipped = 1; skipped < batch; skipped++)
      if ((await pass.next()) === undefined) throw fewer(skipped, batch)
    return { pass, sample }
  } catch (error) {
    await pass.close()
    throw error
  }
}

/** A pass that gives a batch back that was taken to see its shapes. */
function withFirst(first: Batch, pass: Pass): Pass {
  let taken = false
  return {
    next() {
      if (taken) return pass.next()
      taken = true
      return Promise.resolve(first)
    },
    close: () => pass.close(),
  }
}

const fewer = (found: number, expected: number): ConflictError =>
  new ConflictError(
    `fitNetwork: the epoch has ${found} batches, but the checkpoint was written after ${expected} of them. Give the data as they were, in batches of the same size.`,
    { kind: 'data', expected, received: found },
  )

const noBatch = (epoch: number): UsageError =>
  new UsageError(
    `fitNetwork: the data gave no batch in epoch ${epoch + 1}. ${epoch === 0 ? 'Check that there are rows.' : 'Give a function that opens them anew for each epoch.'}`,
    { argument: 'data' },
  )

async function train(run: Run, first: Pass): Promise<FittedNetwork> {
  const { options, step, progress } = run
  if (step.note !== undefined) emit(run, { type: 'warning', code: 'slow-engine', message: step.note })
  progress.begin(run)
  // What is resumed may be over already.
  judgeCounts(run)
  const epochs = isOnce(options.data) ? run.epoch + 1 : (options.epochs ?? Infinity)
  for (let pass: Pass | undefined = first; run.epoch < epochs && !run.done; pass = undefined)
    await epoch(
      run,
      pass ?? openPass('fitNetwork', options.data, { epoch: run.epoch, ...passOptions(options) }),
    )
  if (isOnce(options.data) && run.steps < (options.steps ?? 0)) emit(run, dataEnded(run))
  const last = await step.snapshot(average(run))
  return {
    values: run.best ?? { ...last.parameters, ...last.states },
    steps: run.steps,
    epochs: run.epoch,
    history: run.history,
    stopped: run.stopped,
    engine: step.engine,
  }
}

const average = ({ options }: Run): 'average' | 'current' =>
  options.averageDecay === undefined ? 'current' : 'average'

const dataEnded = ({ steps, options }: Run): NetworkEvent => ({
  type: 'warning',
  code: 'data-end',
  message: `The data ended after ${steps} steps of ${options.steps}. Give a function that opens them anew, for more passes.`,
})

async function epoch(run: Run, pass: Pass): Promise<void> {
  const { options } = run
  try {
    for (let batch = await pass.next(); batch !== undefined; batch = await pass.next()) {
      await checkpoint(options.signal)
      run.lossSum += await one(run, batch)
      run.batch++
      judgeEnd(run)
      // Before the epoch is closed: what resumes goes on within it.
      if (run.done || run.steps % (options.checkpoint?.everySteps ?? Infinity) === 0) await keep(run)
      if (run.done) break
    }
  } finally {
    await pass.close()
  }
  if (run.batch === 0) throw noBatch(run.epoch)
  await closeEpoch(run)
}

/** Judges what the epoch has brought. */
async function closeEpoch(run: Run): Promise<void> {
  const { options, progress } = run
  const cut = run.done
  const trainLoss = run.lossSum / run.batch
  const validation = await run.evaluation?.validate(run.step)
  const score = validation === undefined ? {} : { validation }
  run.history.push({ epoch: run.epoch, steps: run.steps, trainLoss, ...score })
  emit(run, { type: 'epoch-end', epoch: run.epoch, trainLoss, validation, seconds: progress.seconds() })
  const loss = validation?.['loss']
  options.plateau?.report(loss ?? trainLoss)
  if (loss !== undefined) await judge(run, loss)
  if (!cut) progress.measured(run.batch)
  run.epoch++
  run.batch = 0
  run.lossSum = 0
  const ends = run.done || run.epoch === options.epochs
  if (!cut && (ends || run.epoch % (options.checkpoint?.every ?? 1) === 0)) await keep(run)
}

/** One step, at the rate of the schedule. */
async function one(run: Run, batch: Batch): Promise<number> {
  const { options, step } = run
  const factor = (options.schedule?.(run.steps) ?? 1) * (options.plateau?.factor(run.steps) ?? 1)
  const learningRate = options.optimizer.learningRate * factor
  const key = random.foldIn(random.key(options.seed ?? 0), run.steps) as NDArray
  const { loss } = await step.run({ ...batch, key }, { learningRate, accumulate: options.accumulate ?? 1 })
  if (!Number.isFinite(loss)) throw await blownUp(run, { ...batch, key }, loss)
  run.steps++
  const { epoch: epochs, steps } = run
  const pace = run.progress.at({ steps, epoch: epochs, batch: run.batch + 1 })
  emit(run, { type: 'step-end', step: steps, epoch: epochs, loss, learningRate, ...pace })
  return loss
}

/** Whether steps or patience are used up. */
function judgeCounts(run: Run): void {
  if (run.steps >= (run.options.steps ?? Infinity)) run.done = true
  if (run.waited >= patienceOf(run.options)) stop(run, 'early')
}

/** Whether steps or time are used up. */
function judgeEnd(run: Run): void {
  judgeCounts(run)
  if (run.progress.isOver()) stop(run, 'time')
}

function stop(run: Run, why: FittedNetwork['stopped']): void {
  run.done = true
  run.stopped = why
}

/** Keeps the best, and stops when none came for a while. */
async function judge(run: Run, loss: number): Promise<void> {
  if (!(loss < run.bestLoss)) {
    if (++run.waited >= patienceOf(run.options)) stop(run, 'early')
    return
  }
  const { parameters, states } = await run.step.snapshot(average(run))
  run.best = { ...parameters, ...states }
  run.bestLoss = loss
  run.waited = 0
}

async function keep(run: Run): Promise<void> {
  const { options, keeper } = run
  if (keeper === undefined && options.onCheckpoint === undefined) return
  const made = await checkpointOf(run)
  if (keeper !== undefined)
    emit(run, { type: 'checkpoint-end', path: await keeper.keep(made), step: run.steps })
  await options.onCheckpoint?.(made)
}

async function checkpointOf({ step, options, ...run }: Run): Promise<TrainingCheckpoint> {
  const { parameters, states } = await step.snapshot()
  const { kind, options: settings } = options.optimizer
  const { epoch: epochs, batch, lossSum, steps, best, bestLoss, waited, history } = run
  return {
    values: { ...parameters, ...states },
    engine: await step.save(),
    optimizer: { kind, options: settings },
    epoch: epochs,
    batch,
    lossSum,
    steps,
    best,
    bestLoss,
    waited,
    plateau: options.plateau?.state(),
    seed: options.seed ?? 0,
    history: [...history],
  }
}

const emit = ({ options }: Run, event: NetworkEvent): void => options.onEvent?.(event)
