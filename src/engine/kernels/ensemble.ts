// From the node records of the kernels to the arrays of an ensemble.
import {
  NODE_BYTES,
  NODE_COVER,
  NODE_FEATURE,
  NODE_GAIN,
  NODE_LEFT,
  NODE_MISSING_LEFT,
  NODE_RIGHT,
  NODE_SAMPLES,
  NODE_THRESHOLD,
  NODE_VALUE,
} from './control-words.js'
import type { BoostResult } from './jobs.js'
import type { TreeEnsemble } from './types.js'

export interface EnsembleShape {
  readonly columns: number
  readonly outputs: number
  readonly baseScore: Float64Array
  /** One unit of the kernels' scores; losses and gains are in its square. */
  readonly unit: number
}

/** Arranges the kept trees of a fit as an ensemble. */
export function assembleEnsemble(result: BoostResult, { unit, ...shape }: EnsembleShape): TreeEnsemble {
  const count = result.records.length / NODE_BYTES
  const arrays = emptyNodes(count)
  const treeOffset = new Int32Array(result.treeNodes.length + 1)
  result.treeNodes.forEach((nodes, tree) => {
    treeOffset[tree + 1] = treeOffset[tree]! + nodes
  })
  const view = new DataView(result.records.buffer, result.records.byteOffset, result.records.byteLength)
  for (let tree = 0; tree < result.treeNodes.length; tree++) {
    readTree(arrays, view, treeOffset[tree]!, treeOffset[tree + 1]!)
  }
  const squares = (values: readonly number[]): number[] => values.map((value) => value * unit ** 2)
  return {
    ...shape,
    ...arrays,
    value: arrays.value.map((value) => value * unit),
    gain: arrays.gain.map((gain) => gain * unit ** 2),
    treeOffset,
    treeOutput: Int32Array.from(result.treeNodes, (_, tree) => tree % shape.outputs),
    bestIteration: result.rounds,
    history: {
      train: squares(result.train),
      validation: squares(result.validation),
    },
  }
}

type NodeArrays = ReturnType<typeof emptyNodes>

function emptyNodes(count: number) {
  return {
    feature: new Int32Array(count),
    threshold: new Float32Array(count),
    missingLeft: new Uint8Array(count),
    left: new Int32Array(count),
    right: new Int32Array(count),
    value: new Float64Array(count),
    gain: new Float64Array(count),
    cover: new Float64Array(count),
    samples: new Int32Array(count),
  }
}

/** Reads a tree's nodes from the last to the first: children stand after their parent, whose sums are theirs. */
function readTree(arrays: NodeArrays, view: DataView, first: number, end: number): void {
  for (let node = end - 1; node >= first; node--) {
    const at = node * NODE_BYTES
    arrays.feature[node] = view.getInt32(at + NODE_FEATURE, true)
    if (arrays.feature[node]! < 0) {
      arrays.value[node] = view.getFloat64(at + NODE_VALUE, true)
      arrays.cover[node] = view.getFloat64(at + NODE_COVER, true)
      arrays.samples[node] = view.getInt32(at + NODE_SAMPLES, true)
      continue
    }
    const left = first + view.getInt32(at + NODE_LEFT, true)
    const right = first + view.getInt32(at + NODE_RIGHT, true)
    arrays.left[node] = left
    arrays.right[node] = right
    arrays.threshold[node] = view.getFloat32(at + NODE_THRESHOLD, true)
    arrays.missingLeft[node] = view.getInt32(at + NODE_MISSING_LEFT, true)
    arrays.gain[node] = view.getFloat64(at + NODE_GAIN, true)
    arrays.cover[node] = arrays.cover[left]! + arrays.cover[right]!
    arrays.samples[node] = arrays.samples[left]! + arrays.samples[right]!
  }
}
