// From raw scores to probabilities, stable at both ends, in memory and in a graph.
import {
  concat,
  constant,
  type GraphBuilder,
  sigmoid,
  softmax,
  sub,
  type Value,
} from '../../engine/onnx/index.js'

/**
 * Probabilities rows × k from raw scores: the sigmoid of one output (two classes), or the softmax of several.
 * Overwrites nothing.
 */
export function probabilitiesOf(scores: Float64Array, outputs: number): Float64Array {
  return outputs === 1 ? sigmoids(scores) : softmaxes(scores, outputs)
}

function sigmoids(scores: Float64Array): Float64Array {
  const result = new Float64Array(2 * scores.length)
  for (let row = 0; row < scores.length; row++) {
    const positive = 1 / (1 + Math.exp(-scores[row]!))
    result[2 * row] = 1 - positive
    result[2 * row + 1] = positive
  }
  return result
}

function softmaxes(scores: Float64Array, k: number): Float64Array {
  const result = new Float64Array(scores.length)
  for (let at = 0; at < scores.length; at += k) {
    // Subtracting the greatest keeps exp from overflowing.
    let greatest = -Infinity
    for (let c = 0; c < k; c++) greatest = Math.max(greatest, scores[at + c]!)
    let sum = 0
    for (let c = 0; c < k; c++) sum += result[at + c] = Math.exp(scores[at + c]! - greatest)
    for (let c = 0; c < k; c++) result[at + c]! /= sum
  }
  return result
}

/** The same in a graph: [N, k] in float64. */
export function graphProbabilities(graph: GraphBuilder, scores: Value, outputs: number): Value {
  if (outputs > 1) return softmax(graph, scores)
  const second = sigmoid(graph, scores)
  return concat(graph, [sub(graph, constant(graph, 1), second), second])
}
