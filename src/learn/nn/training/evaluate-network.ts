// A network as it predicts, over batches of validation: where it is trained, so that a worker also does this.
import { ShapeError, UsageError } from '../../../base/index.js'
import {
  dataClass,
  formatShape,
  type NDArray,
  sizeOf,
  type Tensor,
  trace,
  type Traced,
  type Value,
} from '../../../engine/graph/index.js'
import type { Scores } from '../checkpoints/index.js'
import { type BatchCheck, batchCheck, requireArrays } from './check-batch.js'
import { requireLoss } from './loss-graph.js'
import { scorerOf } from './metric-scores.js'
import { costOf } from './monitor.js'
import type { Network, Values } from '../network.js'
import { declaredSpecs } from '../scope.js'
import { traceBatches } from './batch-specs.js'
import { type Batch, firstOf, isOnce, openPass, rowCount } from '../sources/index.js'
import type { FitNetworkOptions, LossFunction } from './train-options.js'
import type { TrainingStep } from './training-step.js'

/** How a network in training is judged. */
export interface Evaluation {
  /** From { params, …batch } to { loss, output? }, for the engine of training. */
  readonly traced: Traced
  validate(step: TrainingStep): Promise<Scores>
  /** What scores cost by the monitor: less is better. */
  cost(scores: Scores): number
}

type EvaluationOptions = Pick<
  FitNetworkOptions,
  'validation' | 'loss' | 'metrics' | 'monitor' | 'averageDecay' | 'prefetch' | 'signal'
>

/**
 * Prepares validation; undefined where none is asked for.
 *
 * @throws {@link UsageError} for a source that gives no batch, or can be passed over only once
 */
export async function prepareEvaluation(
  net: Network,
  options: EvaluationOptions,
): Promise<Evaluation | undefined> {
  const { validation, loss, metrics = [] } = options
  if (validation === undefined) {
    requireLossMonitor(options)
    return undefined
  }
  if (isOnce(validation))
    throw new UsageError(
      'fitNetwork: validation is passed over after each epoch, but what was given can be read once only. Give a function that opens it anew, or a list of batches.',
      { argument: 'validation' },
    )
  const first = await firstOf('fitNetwork', validation)
  if (first === undefined)
    throw new UsageError(
      'fitNetwork: the validation data gave no batch. Leave validation out, or give it rows.',
      {
        argument: 'validation',
      },
    )
  requireArrays(first, 'the first batch of validation')
  const classes = outputsForEach(net, first)
  const scorer = Object.keys(metrics).length === 0 ? undefined : scorerOf(metrics, classes)
  const cost = costOf(options, classes)
  const traced = outputAndLoss(net, loss, { first, output: scorer !== undefined })
  const check = batchCheck(net, traced, false)
  return {
    traced,
    async validate(step) {
      const total = await passOverAll(step, check, options)
      const scores = scorer?.(joined(total.outputs), joinedBatches(total.batches))
      return { loss: total.loss / total.rows, ...scores }
    },
    cost,
  }
}

/** @throws {@link UsageError} for a score of validation that there will not be */
function requireLossMonitor({ monitor }: EvaluationOptions): void {
  if (monitor === undefined) return
  throw new UsageError(
    "fitNetwork: option 'monitor' chooses by scores of validation, and there is none. Give validation too, or leave it out.",
    { argument: 'monitor' },
  )
}

/** Outputs for each target: as many as there are classes, or 1. */
function outputsForEach({ output }: Network, { y }: Batch): number {
  const width = output.shape.at(-1)
  return y === undefined || y.shape.length >= output.shape.length ? 1 : Number(width)
}

async function passOverAll(step: TrainingStep, check: BatchCheck, options: EvaluationOptions) {
  const { validation, averageDecay, prefetch = 2, signal } = options
  const total = { loss: 0, rows: 0, outputs: [] as NDArray[], batches: [] as Batch[] }
  const pass = openPass('fitNetwork', validation!, { epoch: 0, prefetch, signal })
  try {
    for (let batch = await pass.next(); batch !== undefined; batch = await pass.next()) {
      signal?.throwIfAborted()
      check(batch, 'a batch of validation')
      const { loss, output } = await step.evaluate(batch, averageDecay === undefined ? 'current' : 'average')
      const rows = rowCount(batch)
      total.loss += loss!.data[0]! * rows
      total.rows += rows
      if (output === undefined) continue
      total.outputs.push(output)
      total.batches.push(batch)
    }
  } finally {
    await pass.close()
  }
  return total
}

function outputAndLoss(
  net: Network,
  loss: LossFunction,
  given: { readonly first: Batch; readonly output: boolean },
): Traced {
  const params = declaredSpecs([...net.parameters, ...net.states])
  return traceBatches(net, given.first, (specs) =>
    trace(
      (input: unknown) => {
        const {
          params: values,
          x,
          ...others
        } = input as { params: Values; x: Value } & Readonly<Record<string, Tensor>>
        const output = net.apply(values, x)
        return { loss: requireLoss(loss(output, others as never)), ...(given.output ? { output } : {}) }
      },
      { params, ...specs } as never,
    ),
  )
}

/** Arrays one after the other, along their first axis. */
export function joined(parts: readonly NDArray[]): NDArray {
  const { dtype, shape } = parts[0]!
  const other = parts.find((part) => part.shape.slice(1).join() !== shape.slice(1).join())
  if (other !== undefined)
    throw new ShapeError(
      `Training: batches of validation have arrays of ${formatShape(shape)} and ${formatShape(other.shape)}, expected one length for metrics. Pad them to it, or leave the metrics out.`,
      { expected: shape, received: other.shape, where: 'validation' },
    )
  const rows = parts.reduce((sum, part) => sum + part.shape[0]!, 0)
  const data = new dataClass[dtype](rows * sizeOf(shape.slice(1)))
  let at = 0
  for (const part of parts) {
    data.set(part.data as never, at)
    at += part.data.length
  }
  return { dtype, shape: [rows, ...shape.slice(1)], data } as NDArray
}

const joinedBatches = (all: readonly Batch[]): Batch =>
  Object.fromEntries(Object.keys(all[0]!).map((name) => [name, joined(all.map((batch) => batch[name]!))]))
