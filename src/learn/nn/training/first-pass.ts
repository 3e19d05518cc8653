// Where the first pass begins: its first batch tells the shapes, and what is resumed begins within an epoch.
import { ConflictError, UsageError } from '../../../base/index.js'
import { type Batch, openPass, type Pass } from '../sources/index.js'
import { requireArrays } from './check-batch.js'
import type { Progress } from './progress.js'
import type { FitNetworkOptions } from './train-options.js'

/** How batches are read. */
export const passOptions = ({ prefetch = 2, signal }: FitNetworkOptions) => ({ prefetch, signal })

/** Begins where training is: behind the batches of the epoch that are learned from already. */
export async function beginPass(
  options: FitNetworkOptions,
  { epoch, batch, progress }: { readonly epoch: number; readonly batch: number; readonly progress: Progress },
): Promise<{ readonly pass: Pass; readonly sample: Batch }> {
  const pass = openPass('fitNetwork', options.data, { epoch, ...passOptions(options) })
  try {
    const sample = await progress.within(pass.next())
    if (sample === 'over') throw noBatchInTime(options)
    if (sample === undefined) throw noBatch(epoch)
    requireArrays(sample, 'the first batch')
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

const noBatchInTime = ({ timeBudget }: FitNetworkOptions): UsageError =>
  new UsageError(
    `fitNetwork: the data gave no batch within the time budget of ${timeBudget} s. Look at what they wait for, or give more time: timeBudget.`,
    { argument: 'timeBudget' },
  )

/** The error for an epoch without a batch. */
export const noBatch = (epoch: number): UsageError =>
  new UsageError(
    `fitNetwork: the data gave no batch in epoch ${epoch + 1}. ${epoch === 0 ? 'Check that there are rows.' : 'Give a function that opens them anew for each epoch.'}`,
    { argument: 'data' },
  )
