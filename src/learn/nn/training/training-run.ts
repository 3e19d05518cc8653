// The loop of training: epochs of steps, what is judged after each, and when it ends.
import { checkpoint, InvalidOptionError, quote } from '../../../base/index.js'
import { type NDArray, random, type Traced } from '../../../engine/graph/index.js'
import type { CheckpointKeeper, TrainingCheckpoint } from '../checkpoints/index.js'
import type { BatchCheck } from './check-batch.js'
import { blownUp, isFiniteStep } from './diagnose.js'
import type { Evaluation } from './evaluate-network.js'
import { noBatch, passOptions } from './first-pass.js'
import type { Progress } from './progress.js'
import type { Arrays } from '../scope.js'
import { type Batch, isOnce, openPass, type Pass } from '../sources/index.js'
import { type FitNetworkOptions, type FittedNetwork, type NetworkEvent, patienceOf } from './train-options.js'
import type { TrainingStep } from './training-step.js'

/** A training under way. */
export interface Run {
  readonly options: FitNetworkOptions
  readonly step: TrainingStep
  readonly evaluation: Evaluation | undefined
  readonly traced: Traced
  readonly check: BatchCheck
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

/** Where training begins: at the start, or where a checkpoint was written. */
export function stateOf(from: TrainingCheckpoint | undefined) {
  const begun = from ?? fresh
  const { epoch: epochs, batch, lossSum, steps, best, bestLoss, waited, history } = begun
  return {
    epoch: epochs,
    batch,
    lossSum,
    steps,
    best,
    bestLoss,
    waited,
    history: [...history],
    done: false,
    stopped: 'finished' as const,
  }
}

const fresh = {
  epoch: 0,
  batch: 0,
  lossSum: 0,
  steps: 0,
  best: undefined,
  bestLoss: Infinity,
  waited: 0,
  history: [],
}

/** Trains until something ends it. */
export async function train(run: Run, first: Pass): Promise<FittedNetwork> {
  const { options, step, progress } = run
  if (step.note !== undefined) await emit(run, { type: 'warning', code: 'slow-engine', message: step.note })
  progress.begin(run)
  // What is resumed may be over already.
  judgeCounts(run)
  const epochs = isOnce(options.data) ? run.epoch + 1 : (options.epochs ?? Infinity)
  for (let pass: Pass | undefined = first; run.epoch < epochs && !run.done; pass = undefined)
    await epoch(
      run,
      pass ?? openPass('fitNetwork', options.data, { epoch: run.epoch, ...passOptions(options) }),
    )
  if (isOnce(options.data) && run.steps < (options.steps ?? 0)) await emit(run, dataEnded(run))
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
    for (;;) {
      const batch = await inTime(run, pass)
      if (batch === undefined) break
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
  if (run.batch > 0) await closeEpoch(run)
  else if (!run.done) throw noBatch(run.epoch)
}

/** The next batch; undefined at the end of the pass, or of the time while a source is waited for. */
async function inTime(run: Run, pass: Pass): Promise<Batch | undefined> {
  const batch = await run.progress.within(pass.next())
  if (batch !== 'over') return batch
  stop(run, 'time')
  if (run.batch > 0) await keep(run)
  return undefined
}

/** Judges what the epoch has brought. */
async function closeEpoch(run: Run): Promise<void> {
  const { options, progress } = run
  const cut = run.done
  const trainLoss = run.lossSum / run.batch
  const validation = await run.evaluation?.validate(run.step)
  const score = validation === undefined ? {} : { validation }
  run.history.push({ epoch: run.epoch, steps: run.steps, trainLoss, ...score })
  await emit(run, { type: 'epoch-end', epoch: run.epoch, trainLoss, validation, seconds: progress.seconds() })
  options.plateau?.report(validation?.['loss'] ?? trainLoss)
  if (validation !== undefined) await judge(run, run.evaluation!.cost(validation))
  if (!cut) progress.measured(run.batch)
  run.epoch++
  run.batch = 0
  run.lossSum = 0
  const ends = run.done || run.epoch === options.epochs || isOnce(options.data)
  if (!cut && (ends || run.epoch % (options.checkpoint?.every ?? 1) === 0)) await keep(run)
}

/** One step, at the rate of the schedule. */
async function one(run: Run, batch: Batch): Promise<number> {
  const { options, step } = run
  const learningRate = options.optimizer.learningRate * factorOf(run)
  run.check(batch, `the batch of step ${run.steps + 1}`)
  const key = random.foldIn(random.key(options.seed ?? 0), run.steps) as NDArray
  const result = await step.run({ ...batch, key }, { learningRate, accumulate: options.accumulate ?? 1 })
  if (!isFiniteStep(result)) throw await blownUp(run, { ...batch, key }, result)
  const { loss } = result
  run.steps++
  const { epoch: epochs, steps } = run
  const pace = run.progress.at({ steps, epoch: epochs, batch: run.batch + 1 })
  await emit(run, { type: 'step-end', step: steps, epoch: epochs, loss, learningRate, ...pace })
  return loss
}

/** What the rate is multiplied with. @throws {@link InvalidOptionError} when a schedule gives no factor */
function factorOf({ options, steps }: Run): number {
  const { schedule, plateau } = options
  const factor: unknown = schedule === undefined ? 1 : schedule(steps)
  if (typeof factor === 'number' && factor >= 0 && factor < Infinity)
    return factor * (plateau?.factor(steps) ?? 1)
  throw new InvalidOptionError(
    `fitNetwork: option 'schedule' gave ${quote(factor)} for step ${steps} (counted from 0), expected a number of at least 0: the factor of the optimizer's learning rate.`,
    { option: 'schedule', expected: 'a number of at least 0', received: factor },
  )
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
async function judge(run: Run, cost: number): Promise<void> {
  if (!(cost < run.bestLoss)) {
    if (++run.waited >= patienceOf(run.options)) stop(run, 'early')
    return
  }
  const { parameters, states } = await run.step.snapshot(average(run))
  run.best = { ...parameters, ...states }
  run.bestLoss = cost
  run.waited = 0
}

async function keep(run: Run): Promise<void> {
  const { options, keeper } = run
  if (keeper === undefined && options.onCheckpoint === undefined) return
  const made = await checkpointOf(run)
  if (keeper !== undefined)
    await emit(run, { type: 'checkpoint-end', path: await keeper.keep(made), step: run.steps })
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

/** Waited for: what an asynchronous listener throws ends training, and not the process. */
async function emit({ options }: Run, event: NetworkEvent): Promise<void> {
  await (options.onEvent?.(event) as unknown)
}
