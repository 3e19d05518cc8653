// Which learning rate to begin with: one sweep from very small to very large.
import { checkOptions, checkpoint, InvalidOptionError, integer, real } from '../../../base/index.js'
import { type NDArray, random } from '../../../engine/graph/index.js'
import { type BatchCheck, batchCheck, requireArrays } from './check-batch.js'
import { isFiniteStep } from './diagnose.js'
import { apart, lossOf } from './loss-graph.js'
import type { Network } from '../network.js'
import { type Batch, isOnce, openPass } from '../sources/index.js'
import { fitNetworkChecks, type FitNetworkOptions, requireGiven } from './train-options.js'
import { openTrainingStep, type TrainingStep } from './training-step.js'

/** What it takes as training does. */
const shared = [
  'data',
  'loss',
  'optimizer',
  'clipNorm',
  'decays',
  'engine',
  'device',
  'threads',
  'worker',
  'prefetch',
  'seed',
  'initial',
  'signal',
] as const satisfies readonly (keyof FitNetworkOptions)[]

/** How learning rates are tried. The other options are those of training. */
export interface FindLearningRateOptions extends Pick<FitNetworkOptions, (typeof shared)[number]> {
  /** The first rate. @default 1e-7 */
  readonly from?: number
  /** The last rate. @default 10 */
  readonly to?: number
  /** Steps from one to the other, a batch each. @default 100 */
  readonly steps?: number
  /** Share of the losses before in the smoothed loss, from 0 to 1. @default 0.9 */
  readonly smoothing?: number
}

/** One step of the sweep. */
export interface LearningRatePoint {
  readonly learningRate: number
  /** Of the batch, before the update. */
  readonly loss: number
  /** The exponential mean of the losses so far, without the pull of its beginning. */
  readonly smoothed: number
}

/** What a sweep has found. */
export interface LearningRateCurve {
  readonly curve: readonly LearningRatePoint[]
  /** The rate at which the loss falls fastest; undefined where it never fell. */
  readonly suggestion: number | undefined
  /** Whether the loss ran away before the last rate; `data` ended where a source of one pass did. */
  readonly stopped: 'finished' | 'diverged' | 'data'
}

// fastai's bound: so far above its minimum, the loss has left the useful rates behind.
const divergence = 4
// Fewer points have no slope to speak of.
const leastPoints = 5

/**
 * Trains a copy for some steps while the learning rate rises exponentially, rateᵢ = from · (to / from)^(i / (steps − 1)), and
 * watches the loss: where it falls fastest over log rate is a good rate to begin with. Ends when the smoothed loss is four times
 * its minimum, or no number. Parameters, also those of `initial`, stay as they are.
 *
 * The slope is that of the loss smoothed from both sides, up to its minimum: a mean of what was before alone lags behind, towards
 * rates that are too high.
 *
 * @param options - see {@link FindLearningRateOptions}
 * @throws {@link InvalidOptionError} for an unknown option or a value out of range
 * @see Smith 2017, arXiv:1506.01186
 * @example
 * ```ts
 * import { meanSquaredError } from 'modelwright/nn'
 * const net = network(dense(1), spec('float32', ['batch', 1]))
 * const [x, y] = [array([[-1], [0], [1], [2]]), array([[-2], [0], [2], [4]])]
 * const { suggestion } = await findLearningRate(net, {
 *   data: batches({ x, y }, { batchSize: 4 }),
 *   loss: (output, batch) => meanSquaredError(output, batch.y),
 *   optimizer: sgd(),
 * })
 * suggestion !== undefined && suggestion > 0.001 && suggestion < 1 // => true
 * ```
 */
export async function findLearningRate(
  net: Network,
  options: FindLearningRateOptions,
): Promise<LearningRateCurve> {
  const { from, to, steps, smoothing, ...training } = checked(options)
  requireGiven('findLearningRate', net, training)
  const sweep = { from, to, steps, smoothing }
  const source = batchesOf(training)
  const first = await source.next()
  try {
    if (first.done === true)
      throw new InvalidOptionError('findLearningRate: the data gave no batch. Check that there are rows.', {
        option: 'data',
        expected: 'batches',
        received: 0,
      })
    requireArrays(first.value, 'the first batch')
    const { seed = 0 } = training
    const [parameters, states] = apart(net, training.initial ?? net.initialize(seed))
    const traced = lossOf(net, training.loss, first.value)
    const check = batchCheck(net, traced, true)
    await using step = await openTrainingStep(traced, {
      ...training,
      parameters,
      states,
    })
    return await climb(step, { first: first.value, source, seed, sweep, check })
  } finally {
    await source.return(undefined)
  }
}

interface Sweep {
  readonly from: number
  readonly to: number
  readonly steps: number
  readonly smoothing: number
}

const sharedChecks = Object.fromEntries(shared.map((name) => [name, fitNetworkChecks[name]])) as Pick<
  typeof fitNetworkChecks,
  (typeof shared)[number]
>

function checked(options: FindLearningRateOptions): FindLearningRateOptions & Sweep {
  checkOptions<FindLearningRateOptions>('findLearningRate', options, {
    ...sharedChecks,
    from: real({ min: 0, exclusive: true, default: 1e-7 }),
    to: real({ min: options.from ?? 1e-7, exclusive: true, default: 10 }),
    steps: integer({ min: leastPoints, default: 100 }),
    smoothing: real({ min: 0, max: 0.999, default: 0.9 }),
  })
  const { from = 1e-7, to = 10, steps = 100, smoothing = 0.9 } = options
  return { ...options, from, to, steps, smoothing }
}

/** Epoch after epoch, as long as batches are asked for. */
async function* batchesOf({
  data,
  prefetch = 2,
  signal,
}: FindLearningRateOptions): AsyncGenerator<Batch, void, undefined> {
  for (let epoch = 0; epoch === 0 || !isOnce(data); epoch++) {
    const pass = openPass('findLearningRate', data, { epoch, prefetch, signal })
    let count = 0
    try {
      for (let batch = await pass.next(); batch !== undefined; batch = await pass.next(), count++) {
        await checkpoint(signal)
        yield batch
      }
    } finally {
      await pass.close()
    }
    if (count === 0) return
  }
}

async function climb(
  step: TrainingStep,
  {
    first,
    source,
    seed,
    sweep,
    check,
  }: {
    readonly first: Batch
    readonly source: AsyncGenerator<Batch, void, undefined>
    readonly seed: number
    readonly sweep: Sweep
    readonly check: BatchCheck
  },
): Promise<LearningRateCurve> {
  const { from, to, steps, smoothing } = sweep
  const curve: LearningRatePoint[] = []
  let stopped: LearningRateCurve['stopped'] = 'finished'
  let mean = 0
  let least = Infinity
  let batch: Batch | undefined = first
  for (let i = 0; i < steps && batch !== undefined; i++) {
    const learningRate = from * (to / from) ** (i / (steps - 1))
    const key = random.foldIn(random.key(seed), i) as NDArray
    check(batch, `the batch of step ${i + 1}`)
    const result = await step.run({ ...batch, key }, { learningRate })
    const { loss } = result
    mean = smoothing * mean + (1 - smoothing) * loss
    const smoothed = mean / (1 - smoothing ** (i + 1))
    if (!isFiniteStep(result) || smoothed > divergence * least) {
      stopped = 'diverged'
      break
    }
    curve.push({ learningRate, loss, smoothed })
    least = Math.min(least, smoothed)
    const next = await source.next()
    batch = next.done === true ? undefined : next.value
    if (batch === undefined && i + 1 < steps) stopped = 'data'
  }
  return { curve, suggestion: steepest(curve, smoothing), stopped }
}

/** The rate at the steepest descent of the loss, smoothed from both sides, before its minimum. */
function steepest(curve: readonly LearningRatePoint[], smoothing: number): number | undefined {
  const end = curve.reduce((best, { smoothed }, i) => (smoothed < curve[best]!.smoothed ? i : best), 0)
  if (end + 1 < leastPoints) return undefined
  const losses = curve.slice(0, end + 1).map(({ loss }) => loss)
  const backwards = exponentialMeans(losses.toReversed(), smoothing).toReversed()
  const both = exponentialMeans(losses, smoothing).map((value, i) => (value + backwards[i]!) / 2)
  // Rates are evenly spaced over their logarithm: differences are slopes.
  let best = { slope: 0, at: -1 }
  for (let i = 1; i < both.length - 1; i++) {
    const slope = both[i + 1]! - both[i - 1]!
    if (slope < best.slope) best = { slope, at: i }
  }
  return best.at < 0 ? undefined : curve[best.at]!.learningRate
}

function exponentialMeans(values: readonly number[], smoothing: number): number[] {
  let mean = 0
  return values.map((value, i) => {
    mean = smoothing * mean + (1 - smoothing) * value
    return mean / (1 - smoothing ** (i + 1))
  })
}
