// Where batches come from, pass after pass.
import { nameOf, UsageError } from '../../../base/index.js'
import type { Batch, Batches } from './batch.js'
import { type Pass, passOver, type PassOptions } from './pass.js'

/** Gives the batches of each epoch (from 0 on); equal epochs must give equal batches for training to resume exactly. */
export interface BatchFunction {
  (epoch: number): Batches
  /** How many batches an epoch has, where that is known beforehand; progress is told by it. */
  readonly batchCount?: number
}

/** A function of the epoch, a list of batches, or anything else that is iterable, which is passed over once. */
export type BatchSource = BatchFunction | Batches

const isIterable = (value: unknown): value is Batches =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)

/** True where there is one pass only: a stream or a generator cannot be read again. */
export const isOnce = (source: BatchSource): boolean => isIterable(source) && !Array.isArray(source)

/** Batches of an epoch, where that is known beforehand. */
export const batchCountOf = (source: BatchSource): number | undefined =>
  typeof source === 'function' ? source.batchCount : Array.isArray(source) ? source.length : undefined

/** Begins the pass of an epoch. @throws {@link UsageError} when the source is nothing to pass over */
export function openPass(
  who: string,
  source: BatchSource,
  options: PassOptions & { readonly epoch: number },
): Pass {
  const batches = typeof source === 'function' ? source(options.epoch) : source
  if (isIterable(batches)) return passOver(batches, options)
  throw new UsageError(
    `${who}: expected batches as an iterable, an async iterable or a function of the epoch that gives one; received ${nameOf(batches)}. Make them with batches({ x, y }, { batchSize: 32 }).`,
    { argument: 'data' },
  )
}

/** The first batch of a source that can be passed over again. */
export async function firstOf(who: string, source: BatchSource): Promise<Batch | undefined> {
  const pass = openPass(who, source, { epoch: 0, prefetch: 0 })
  try {
    return await pass.next()
  } finally {
    await pass.close()
  }
}
