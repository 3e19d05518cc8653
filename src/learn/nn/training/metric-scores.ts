// The library's metrics on the outputs of a network: what a network gives as numbers is read as a metric takes it.
import { DataError, InvalidOptionError, nameOf, ShapeError } from '../../../base/index.js'
import { formatShape, type NDArray } from '../../../engine/graph/index.js'
import {
  type Actual,
  findMetric,
  type Metric,
  mostProbable,
  type Predicted,
  type Task,
} from '../../../metrics/index.js'
import type { Batch } from '../sources/index.js'

/**
 * A score from all outputs of a validation pass, row by row, and all that its batches held: `outputs` is [rows · …, width]
 * flat, `width` the numbers of one row.
 */
export type MetricFunction = (outputs: Float32Array, batch: Batch, width: number) => number

/**
 * Names of metrics of `modelwright/metrics` ('accuracy', 'roc-auc', 'f1', 'rmse', …; scikit-learn's spellings too), or functions
 * and names by the name of their score.
 *
 * Metrics of classes read outputs as logits: [rows, …, classes] with targets as int32 codes [rows, …], or one logit for each target
 * 0 or 1. Targets below 0 do not count, as with `ignoreIndex: -100`. Metrics of numbers compare all outputs with all targets.
 */
export type NetworkMetrics = readonly string[] | Readonly<Record<string, string | MetricFunction>>

/** Scores by name, from all outputs and the batches, one after the other. */
export type Scorer = (output: NDArray, batch: Batch) => Record<string, number>

/**
 * Prepares metrics.
 *
 * @param classes - outputs for each target: 1 for numbers and for one logit
 * @throws {@link InvalidOptionError} for a metric that there is not
 */
export function scorerOf(metrics: NetworkMetrics, classes: number): Scorer {
  const named = Array.isArray(metrics)
    ? (metrics as readonly string[]).map((name) => [name, name] as const)
    : Object.entries(metrics as Readonly<Record<string, string | MetricFunction>>)
  const taken = named.find(([name]) => name === 'loss')
  if (taken !== undefined)
    throw new InvalidOptionError(
      "metrics: the name 'loss' is taken: it is the validation loss, by which the best parameters are chosen. Call the score otherwise.",
      { option: 'metrics', expected: "another name than 'loss'", received: 'loss' },
    )
  const scores = named.map(([name, metric]) => [name, scoreOf(name, metric, classes)] as const)
  return (output, batch) => Object.fromEntries(scores.map(([name, score]) => [name, score(output, batch)]))
}

function scoreOf(
  name: string,
  metric: string | MetricFunction,
  classes: number,
): (output: NDArray, batch: Batch) => number {
  if (typeof metric === 'function')
    return (output, batch) => {
      const score: unknown = metric(output.data as Float32Array, batch, output.data.length / output.shape[0]!)
      if (typeof score === 'number') return score
      throw new DataError(`metric '${name}': its function gave ${nameOf(score)}, expected a number.`, {
        metric: name,
      })
    }
  const found = metricNamed(metric, classes)
  return (output, batch) => {
    const y = batch['y']
    if (y === undefined)
      throw new DataError(
        `metric '${metric}': the batches of validation have no y. Give one, or a function.`,
        {},
      )
    const { actual, predicted } = found.tasks.includes('regression')
      ? numbersOf(metric, output, y)
      : classesOf(metric, output, y)
    return found.score(actual, predicted)
  }
}

/** A metric of classes where there is one of this name, else of numbers. */
export function metricNamed(name: string, classes: number): Metric {
  const ofClasses: Task = classes > 2 ? 'multiclass' : 'binary'
  try {
    return findMetric(name, ofClasses)
  } catch (error) {
    if (!InvalidOptionError.is(error)) throw error
    // The message of the first says which metrics of classes there are, and what is near.
    return orThrow(() => findMetric(name, 'regression'), error)
  }
}

function orThrow<T>(make: () => T, error: unknown): T {
  try {
    return make()
  } catch {
    throw error
  }
}

interface Compared {
  readonly actual: Actual
  readonly predicted: Predicted
}

function numbersOf(name: string, output: NDArray, y: NDArray): Compared {
  if (output.data.length !== y.data.length) throw unlike(name, output, y)
  return {
    actual: { kind: 'values', values: Float64Array.from(y.data) },
    predicted: { kind: 'values', values: Float64Array.from(output.data) },
  }
}

function classesOf(name: string, output: NDArray, y: NDArray): Compared {
  const width = output.data.length / y.data.length
  const last = output.shape.at(-1)
  if (width !== 1 && width !== last) throw unlike(name, output, y)
  const kept = Int32Array.from(y.data.keys()).filter((row) => y.data[row]! >= 0)
  const codes = kept.map((row) => y.data[row]!)
  const nClasses = Math.max(2, width)
  const wrong = kept.find((row) => !Number.isInteger(y.data[row]!) || y.data[row]! >= nClasses)
  if (wrong !== undefined)
    throw new DataError(
      `metric '${name}': target ${wrong} is ${y.data[wrong]!}, expected a class from 0 to ${nClasses - 1}. Metrics of numbers are such as 'rmse'.`,
      { firstRow: wrong },
    )
  const probabilities = new Float64Array(kept.length * nClasses)
  kept.forEach((row, i) => {
    const into = probabilities.subarray(i * nClasses, (i + 1) * nClasses)
    if (width === 1) logistic(output.data[row]!, into)
    else softmax(output.data as Float32Array, row * width, into)
  })
  return {
    actual: { kind: 'classes', codes, nClasses },
    predicted: { kind: 'classes', codes: mostProbable(probabilities, nClasses), probabilities },
  }
}

function logistic(logit: number, into: Float64Array): void {
  into[1] = 1 / (1 + Math.exp(-logit))
  into[0] = 1 - into[1]
}

function softmax(logits: Float32Array, from: number, into: Float64Array): void {
  let most = -Infinity
  for (let k = 0; k < into.length; k++) most = Math.max(most, logits[from + k]!)
  let sum = 0
  for (let k = 0; k < into.length; k++) sum += into[k] = Math.exp(logits[from + k]! - most)
  for (let k = 0; k < into.length; k++) into[k]! /= sum
}

const unlike = (name: string, output: NDArray, y: NDArray): ShapeError =>
  new ShapeError(
    `metric '${name}': outputs ${formatShape(output.shape)} do not go with targets ${formatShape(y.shape)}, expected as many targets as outputs, or as rows of logits. Give a function of both instead.`,
    { expected: output.shape, received: y.shape, where: 'y' },
  )
