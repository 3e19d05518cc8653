// Training a network: what it is told is checked and opened here; training-run.ts has the loop.
import { checkOptions, UsageError } from '../../../base/index.js'
import { checkFits, openKeeper } from '../checkpoints/index.js'
import { batchCheck } from './check-batch.js'
import { prepareEvaluation } from './evaluate-network.js'
import { beginPass } from './first-pass.js'
import { apart, lossOf } from './loss-graph.js'
import type { Network } from '../network.js'
import { startProgress } from './progress.js'
import { resumePoint } from './resume.js'
import { batchCountOf, isOnce } from '../sources/index.js'
import {
  fitNetworkChecks,
  type FitNetworkOptions,
  type FittedNetwork,
  requireGiven,
} from './train-options.js'
import { stateOf, train } from './training-run.js'
import { openTrainingStep } from './training-step.js'

/**
 * Trains a network.
 *
 * Gives the parameters of the best validation loss (or what `monitor` names) where there is validation, else the last ones (of the moving average where
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
 * import { meanSquaredError } from 'modelwright/nn'
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
 * Math.round(values.weight.data[0]) // => 2
 * const last = history.at(-1)?.validation
 * last !== undefined && last.rmse < 0.05 // => true
 * ```
 */
export async function fitNetwork(net: Network, options: FitNetworkOptions): Promise<FittedNetwork> {
  checkOptions<FitNetworkOptions>('fitNetwork', options, fitNetworkChecks)
  requireGiven('fitNetwork', net, options)
  requireEnd(options)
  requireValidation(options)
  options.signal?.throwIfAborted()
  const progress = startProgress(options, batchCountOf(options.data))
  const [from, where] = await resumePoint(options)
  if (from !== undefined) checkFits(where, from, expectedOf(net, options))
  const keeper =
    options.checkpoint === undefined ? undefined : await openKeeper(options.checkpoint, from?.steps)
  const state = stateOf(from)
  const { pass, sample } = await beginPass(options, { ...state, progress })
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
    const check = batchCheck(net, traced, true)
    return await train({ options, step, evaluation, traced, check, progress, keeper, ...state }, pass)
  } finally {
    await pass.close()
  }
}

const expectedOf = (net: Network, { optimizer, seed = 0, averageDecay }: FitNetworkOptions) => ({
  declared: [...net.parameters, ...net.states],
  optimizer,
  seed,
  averages: averageDecay !== undefined,
})

/** @throws {@link UsageError} for metrics that nothing would be judged by */
function requireValidation({ validation, metrics = [] }: FitNetworkOptions): void {
  if (validation !== undefined || Object.keys(metrics).length === 0) return
  throw new UsageError(
    'fitNetwork: metrics are scores of validation, which is not given. Give batches to judge by: validation.',
    { argument: 'metrics' },
  )
}

/** @throws {@link UsageError} when training would go on for ever, or passes again over what is read once */
function requireEnd(options: FitNetworkOptions): void {
  const { data, epochs, steps, timeBudget, signal } = options
  // Without validation there is nothing that could stop to get better.
  const patience = options.validation === undefined ? undefined : options.patience
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
    'fitNetwork: nothing would end training. Give epochs, steps, timeBudget, patience (with validation) or a signal.',
    {
      argument: 'epochs',
    },
  )
}
