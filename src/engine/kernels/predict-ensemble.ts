// Raw scores of many rows, on the pool. Rows pass through shared memory in chunks, so memory stays bounded.
import { ShapeError } from '../../base/index.js'
import { HEAP, PACKED_NODE_BYTES } from './control-words.js'
import { CHUNK_BYTES } from './layout.js'
import type { Pool } from './pool.js'
import { defaultThreads, withPool } from './pool-queue.js'
import { addTrees } from './predict-row.js'
import type { KernelOptions, TreeEnsemble } from './types.js'
import type { SharedMemory } from './webassembly.js'

export interface PredictOptions extends Pick<KernelOptions, 'threads' | 'signal'> {
  /** Rounds to use; default: all that were kept. */
  readonly iterations?: number | undefined
}

// So few walks (2 ms) are done before a pool has woken up.
const WALKS_ON_MAIN = 40_000

/** Behind the door of this name: doors.ts. */
export async function predictEnsemble(
  ensemble: TreeEnsemble,
  x: Float32Array,
  rows: number,
  options: PredictOptions = {},
): Promise<Float64Array> {
  const { columns, outputs, baseScore } = ensemble
  if (x.length !== rows * columns) {
    throw new ShapeError(
      `predictEnsemble: x has ${x.length} values — expected ${rows} rows × ${columns} columns.`,
      { expected: rows * columns, received: x.length, where: 'x' },
    )
  }
  options.signal?.throwIfAborted()
  const trees = Math.min(ensemble.treeOutput.length, (options.iterations ?? Infinity) * outputs)
  const scores = new Float64Array(rows * outputs)
  for (let i = 0; i < scores.length; i++) scores[i] = baseScore[i % outputs]!
  if (trees === 0) return scores
  if (rows * trees <= WALKS_ON_MAIN) {
    for (let i = 0; i < rows; i++) {
      addTrees(ensemble, { x, offset: i * columns, scores, at: i * outputs }, trees)
    }
    return scores
  }
  const threads = options.threads ?? Math.min(defaultThreads(), Math.ceil((rows * trees) / 1e6))
  await withPool({ threads, signal: options.signal, urgent: true }, (pool) =>
    scoreChunks({ ensemble, x, rows, trees, scores }, pool, options.signal),
  )
  return scores
}

interface Scoring {
  readonly ensemble: TreeEnsemble
  readonly x: Float32Array
  readonly rows: number
  readonly trees: number
  readonly scores: Float64Array
}

async function scoreChunks(work: Scoring, pool: Pool, signal: AbortSignal | undefined): Promise<void> {
  const { ensemble, x, rows, trees, scores } = work
  const { columns, outputs } = ensemble
  const chunk = Math.max(1, Math.min(rows, Math.floor(CHUNK_BYTES / (columns * 4 + outputs * 8))))
  const place = planChunks(ensemble, trees, chunk)
  pool.reserve(place.bytes, 'predictEnsemble')
  writeTrees(ensemble, trees, pool.memory, place)
  const finish = async (first: number, turn: number): Promise<void> => {
    const count = Math.min(chunk, rows - first)
    await pool.run({
      type: 'predict',
      values: place.values[turn]!,
      columns,
      count,
      roots: place.roots,
      trees,
      out: place.out[turn]!,
      outputs,
      nodes: place.nodes,
      leafValues: place.leafValues,
      threads: pool.threads,
    })
    scores.set(new Float64Array(pool.memory.buffer, place.out[turn]!, count * outputs), first * outputs)
  }
  let running: Promise<void> = Promise.resolve()
  for (let first = 0, turn = 0; first < rows; first += chunk, turn = 1 - turn) {
    const count = Math.min(chunk, rows - first)
    const { buffer } = pool.memory
    new Float32Array(buffer, place.values[turn]!, count * columns).set(
      x.subarray(first * columns, (first + count) * columns),
    )
    new Float64Array(buffer, place.out[turn]!, count * outputs).set(
      scores.subarray(first * outputs, (first + count) * outputs),
    )
    await running
    signal?.throwIfAborted()
    running = finish(first, turn)
  }
  await running
}

interface ChunkPlaces {
  readonly nodes: number
  readonly leafValues: number
  readonly roots: number
  readonly values: readonly [number, number]
  readonly out: readonly [number, number]
  readonly bytes: number
}

const ROOT_BYTES = 12

function planChunks(ensemble: TreeEnsemble, trees: number, chunk: number): ChunkPlaces {
  const { columns, outputs, treeOffset } = ensemble
  const align = (address: number): number => Math.ceil(address / 64) * 64
  const nodeCount = treeOffset[trees]!
  const nodes = HEAP
  const leafValues = align(nodes + nodeCount * PACKED_NODE_BYTES)
  const roots = align(leafValues + nodeCount * 8)
  const firstValues = align(roots + trees * ROOT_BYTES)
  const secondValues = align(firstValues + chunk * columns * 4)
  const firstOut = align(secondValues + chunk * columns * 4)
  const secondOut = align(firstOut + chunk * outputs * 8)
  return {
    nodes,
    leafValues,
    roots,
    values: [firstValues, secondValues],
    out: [firstOut, secondOut],
    bytes: secondOut + chunk * outputs * 8 + 64,
  }
}

/** Packs nodes as predict.as.ts reads them. */
function writeTrees(ensemble: TreeEnsemble, trees: number, memory: SharedMemory, place: ChunkPlaces): void {
  const { feature, threshold, missingLeft, left, value, treeOffset, treeOutput } = ensemble
  const count = treeOffset[trees]!
  const words = new Int32Array(memory.buffer, place.nodes, count * 4)
  const floats = new Float32Array(memory.buffer, place.nodes, count * 4)
  new Float64Array(memory.buffer, place.leafValues, count).set(value.subarray(0, count))
  for (let node = 0; node < count; node++) {
    const leaf = feature[node]! < 0
    floats[node * 4] = leaf ? Infinity : threshold[node]!
    // A leaf has nowhere to go, not even with a missing value: its lowest bit stays 0.
    words[node * 4 + 1] = leaf ? 0 : feature[node]! * 4 + (missingLeft[node] === 1 ? 0 : 1)
    words[node * 4 + 2] = place.nodes + (leaf ? node : left[node]!) * PACKED_NODE_BYTES
  }
  const depth = nodeDepths(ensemble, count)
  const roots = new Int32Array(memory.buffer, place.roots, trees * 3)
  for (let tree = 0; tree < trees; tree++) {
    const [first, end] = [treeOffset[tree]!, treeOffset[tree + 1]!]
    roots[tree * 3] = place.nodes + first * PACKED_NODE_BYTES
    roots[tree * 3 + 1] = depth.subarray(first, end).reduce((a, b) => Math.max(a, b), 0)
    roots[tree * 3 + 2] = treeOutput[tree]! * 8
  }
}

/** Splits between each node and its root; parents stand before their children. */
function nodeDepths({ feature, left, right }: TreeEnsemble, count: number): Int32Array {
  const depth = new Int32Array(count)
  for (let node = 0; node < count; node++) {
    if (feature[node]! < 0) continue
    depth[left[node]!] = depth[node]! + 1
    depth[right[node]!] = depth[node]! + 1
  }
  return depth
}
