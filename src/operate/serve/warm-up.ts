// The first runs of a graph, before anybody waits for it: they fill its caches, tell how fast it is, and whether requests can be
// joined without changing answers.
import { now } from '../../base/index.js'
import { arrayClass, elementCount, type Port, type Tensor } from '../../engine/onnx/index.js'
import type { Lane, OpenedGraph, RunResult } from './lane.js'
import { cutRows, haveRows, joined, type Tensors } from './tensor-rows.js'

/** What the first runs showed. */
export interface WarmUp {
  /** Milliseconds for one row; undefined where no input could be made that the graph takes. */
  readonly single: number | undefined
  /** Milliseconds for as many rows as are joined; undefined where nothing is joined or it would take long. */
  readonly batch: number | undefined
  /** Milliseconds that the way to the lane and back takes besides. */
  readonly trip: number
  /** Whether each row is computed by itself, so that requests can be joined. */
  readonly joins: boolean
}

/** Enough to measure a slow graph; other work of a busy machine only ever adds time, so that the shortest run counts. */
const runs = 8
/** Fast graphs have more, for so many milliseconds: on a busy machine most of a few are interrupted, and their first are slow anyway. */
const runsOfFast = 64
const briefly = 50
/** A slow graph is not held up longer by what it is measured for, in milliseconds. */
const patience = 200

type RunOnce = (inputs: readonly Tensors[]) => Promise<RunResult>

/**
 * Runs a graph a few times.
 *
 * @param rows - inputs of two rows, where some are known that make sense; made up otherwise
 * @throws whatever the graph throws for rows that were given
 */
export async function warmUp(
  { lane, session, graph }: { readonly lane: Lane; readonly session: number; readonly graph: OpenedGraph },
  maxBatch: number,
  rows: Tensors | undefined,
): Promise<WarmUp> {
  const couldJoin = firstAxisIsFree(graph)
  const pair = rows ?? madeUp(graph.inputs)
  const first = couldJoin ? cutRows(pair, 0, 1) : pair
  const run: RunOnce = async (inputs) => (await lane.run(session, [inputs]))[0]!
  const { single, trip, last } = await measured(run, first)
  if ('error' in last && rows !== undefined) throw last.error
  if (!couldJoin || 'error' in last) return { single, trip, joins: couldJoin, batch: undefined }
  const joins = maxBatch > 1 && (await rowsAreIndependent({ run, pair, answer: last.outputs }))
  const affordable = (single ?? Infinity) * maxBatch < patience
  const batch =
    joins && affordable
      ? await timeOf(
          run,
          Array.from({ length: maxBatch }, () => first),
        )
      : undefined
  return { single, trip, joins, batch }
}

async function measured(
  run: RunOnce,
  inputs: Tensors,
): Promise<{ readonly single: number | undefined; readonly trip: number; readonly last: RunResult }> {
  const start = now()
  let sent = start
  // The first run allocates: it counts only when it is so long that no other follows.
  let last = await run([inputs])
  let single = last.time > patience ? last.time : Infinity
  let trip = now() - sent - last.time
  const goesOn = (run: number): boolean => {
    const spent = now() - start
    return spent < patience && (run < runs || (run < runsOfFast && spent < briefly))
  }
  for (let i = 0; !('error' in last) && goesOn(i); i++) {
    sent = now()
    last = await run([inputs])
    single = Math.min(single, last.time)
    trip = Math.min(trip, now() - sent - last.time)
  }
  return { single: 'error' in last || single === Infinity ? undefined : single, trip, last }
}

async function timeOf(
  run: (inputs: readonly Tensors[]) => Promise<RunResult>,
  rows: Tensors[],
): Promise<number> {
  const times = [await run(rows), await run(rows)].map(({ time }) => time)
  return Math.min(...times)
}

/** Whether all inputs and outputs have a first axis whose size the graph leaves open. */
function firstAxisIsFree({ inputs, outputs }: OpenedGraph): boolean {
  const isFree = ({ shape }: Port): boolean => shape.length > 0 && typeof shape[0] === 'string'
  const names = new Set([...inputs, ...outputs].map(({ shape }) => shape[0]).filter((name) => name !== ''))
  // Another axis of the same name grows with the number of rows: a matrix of each with each.
  const elsewhere = [...inputs, ...outputs].some(({ shape }) =>
    shape.slice(1).some((size) => names.has(size)),
  )
  return inputs.length > 0 && inputs.every(isFree) && outputs.every(isFree) && !elsewhere
}

interface Comparison {
  readonly run: RunOnce
  readonly pair: Tensors
  readonly answer: Tensors
}

/** Whether two rows together give what each gives alone. Where the graph refuses rows that were made up, its shapes are believed. */
async function rowsAreIndependent({ run, pair, answer }: Comparison): Promise<boolean> {
  const second = await run([cutRows(pair, 1, 2)])
  const both = await run([pair])
  if ('error' in second) return true
  if ('error' in both) return false
  if (!haveRows(both.outputs, 2) || !haveRows(answer, 1) || !haveRows(second.outputs, 1)) return false
  const expected = joined([answer, second.outputs], Object.keys(answer)).tensors
  return Object.keys(expected).every((name) => areClose(both.outputs[name]!, expected[name]!))
}

/**
 * Products are summed in another order for several rows than for one, which moves float32 by 1e-6 of its size; rows that see each other
 * differ by far more.
 */
const tolerance = 1e-4

function areClose(a: Tensor, b: Tensor): boolean {
  if (a.data.length !== b.data.length) return false
  // Halves are kept as their bits: what is near in them differs by a few.
  if (a.type === 'float16')
    return a.data.every((value, i) => Math.abs(value - (b.data as Uint16Array)[i]!) <= 16)
  if (a.type !== 'float32' && a.type !== 'float64')
    return Array.prototype.every.call(a.data, (value, i) => value === b.data[i])
  return a.data.every((value, i) => {
    const other = (b.data as Float64Array)[i]!
    return Object.is(value, other) || Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(other))
  })
}

/** Inputs of two rows that differ; open sizes beyond the first are 1. */
function madeUp(inputs: readonly Port[]): Tensors {
  const tensors = Object.create(null) as Record<string, Tensor>
  for (const { name, type, shape } of inputs) {
    const dims = shape.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 2 : 1))
    const length = elementCount(dims)
    const half = length / 2
    if (type === 'string') {
      const data = Array.from({ length }, (_, i) => (i < half ? 'a' : 'b'))
      tensors[name] = { type, dims, data }
    } else if (type === 'int64' || type === 'uint64') {
      const data = (arrayClass[type] as BigInt64ArrayConstructor).from(
        Array.from(Array.from({ length }, (_, i) => (i < half ? 0n : 1n))),
      )
      tensors[name] = { type, dims, data } as Tensor
    } else {
      // Halves as bits: 0x3800 is one half, 0x3c00 is one.
      const [low, high] = type === 'float16' ? [0x3800, 0x3c00] : type.startsWith('float') ? [0.5, 1] : [0, 1]
      const data = (arrayClass[type] as Float64ArrayConstructor).from({ length }, (_, i) =>
        i < half ? low : high,
      )
      tensors[name] = { type, dims, data } as unknown as Tensor
    }
  }
  return tensors
}
