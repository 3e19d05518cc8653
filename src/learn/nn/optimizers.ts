// Optimizers: descriptions, and what each does to the arrays of a memory in one step. Names and defaults are PyTorch's.
import { defineOptions, flag, real } from '../../base/index.js'
import type { OptimizerMemory } from '../../engine/kernels/index.js'

/** What a step of an optimizer is told. */
export interface UpdateOptions {
  /** Steps from 1 on. */
  readonly step: number
  readonly learningRate: number
  /** What gradients are multiplied with: clipping, and the mean over accumulated batches. */
  readonly gradientScale: number
  /** Whether weight decay applies to an array. */
  readonly decays: readonly boolean[]
}

/** An optimizer, described. */
export interface Optimizer {
  readonly kind: string
  readonly options: Readonly<Record<string, number | boolean>>
  readonly learningRate: number
  /** What it keeps for each parameter beside the gradient, by name. */
  readonly states: readonly string[]
  /** Updates all parameters in place. */
  update(memory: OptimizerMemory, options: UpdateOptions): void
}

/** The regions of a memory: parameters, gradients, then the optimizer's state. */
export const parameterRegion = 0
export const gradientRegion = 1
export const firstState = 2

interface ArrayUpdate {
  /** Addresses of the parameters, the gradients, and each state. */
  readonly p: number
  readonly g: number
  readonly states: readonly number[]
  readonly count: number
  readonly decays: boolean
}

function eachArray(
  memory: OptimizerMemory,
  states: number,
  decays: readonly boolean[],
  visit: (array: ArrayUpdate) => void,
): void {
  memory.places.forEach(({ offset, length }, i) => {
    const at = (region: number): number => memory.address(region) + offset * 4
    visit({
      p: at(parameterRegion),
      g: at(gradientRegion),
      states: Array.from({ length: states }, (_, state) => at(firstState + state)),
      count: length,
      decays: decays[i]!,
    })
  })
}

/** Options of {@link adam} and {@link adamW}. */
export interface AdamOptions {
  /** @default 0.001 */
  readonly learningRate: number
  /** Decay of the mean of gradients. @default 0.9 */
  readonly beta1: number
  /** Decay of the mean of squared gradients. @default 0.999 */
  readonly beta2: number
  /** @default 1e-8 */
  readonly epsilon: number
  /** Weights shrink by this share of the learning rate in each step. @default 0; adamW: 0.01 */
  readonly weightDecay: number
}

const adamOptions = (weightDecay: number) =>
  defineOptions<AdamOptions>({
    learningRate: real({ min: 0, default: 1e-3 }),
    beta1: real({ min: 0, max: 1, default: 0.9 }),
    beta2: real({ min: 0, max: 1, default: 0.999 }),
    epsilon: real({ min: 0, default: 1e-8 }),
    weightDecay: real({ min: 0, default: weightDecay }),
  })

function adamOf(kind: string, options: AdamOptions): Optimizer {
  const { beta1, beta2, epsilon, weightDecay } = options
  return Object.freeze<Optimizer>({
    kind,
    options: { ...options },
    learningRate: options.learningRate,
    states: ['firstMoment', 'secondMoment'],
    update(memory, { step, learningRate, gradientScale, decays }) {
      const rate = learningRate / (1 - beta1 ** step)
      const scale = 1 / Math.sqrt(1 - beta2 ** step)
      eachArray(memory, 2, decays, (array) => {
        const keep = array.decays ? 1 - learningRate * weightDecay : 1
        const [m, v] = array.states as [number, number]
        // 1 − β in float64: 1 − 0.999 in float32 is off by six digits.
        const settings = [beta1, 1 - beta1, beta2, 1 - beta2, rate, scale, epsilon, keep, gradientScale]
        memory.kernel.adam(array.p, array.g, m, v, array.count, ...settings)
      })
    },
  })
}

/**
 * Adam: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², p ← p − rate · m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
 *
 * Weight decay is that of {@link adamW}, and none by default.
 *
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Kingma & Ba 2015, arXiv:1412.6980
 * @example
 * ```ts
 * adam({ learningRate: 0.01 }).options.beta2 // => 0.999
 * ```
 */
export const adam = (options: Partial<AdamOptions> = {}): Optimizer =>
  adamOf('adam', adamOptions(0).parse('adam', options))

/**
 * {@link adam} with decoupled weight decay: before each step p ← p · (1 − rate · decay), where decay applies.
 *
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Loshchilov & Hutter 2019, arXiv:1711.05101
 */
export const adamW = (options: Partial<AdamOptions> = {}): Optimizer =>
  adamOf('adam-w', adamOptions(0.01).parse('adamW', options))

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** @default 0.01 */
  readonly learningRate: number
  /** @default 0 */
  readonly momentum: number
  /** Looks ahead along the momentum. @default false */
  readonly nesterov: boolean
  /** Added to gradients as this times the weight. @default 0 */
  readonly weightDecay: number
}

const sgdOptions = defineOptions<SgdOptions>({
  learningRate: real({ min: 0, default: 0.01 }),
  momentum: real({ min: 0, max: 1, default: 0 }),
  nesterov: flag({ default: false }),
  weightDecay: real({ min: 0, default: 0 }),
})

/**
 * Gradient descent with momentum: m ← momentum · m + g, p ← p − rate · m, or with Nesterov's look ahead p ← p − rate · (g + momentum · m).
 *
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Sutskever et al. 2013, proceedings.mlr.press/v28/sutskever13
 */
export function sgd(given: Partial<SgdOptions> = {}): Optimizer {
  const options = sgdOptions.parse('sgd', given)
  const { momentum, nesterov, weightDecay } = options
  return Object.freeze<Optimizer>({
    kind: 'sgd',
    options: { ...options },
    learningRate: options.learningRate,
    states: ['momentum'],
    update(memory, { learningRate, gradientScale, decays }) {
      eachArray(memory, 1, decays, ({ p, g, states, count, decays: own }) => {
        const settings = [momentum, learningRate, own ? weightDecay : 0, Number(nesterov), gradientScale]
        memory.kernel.sgd(p, g, states[0]!, count, ...settings)
      })
    },
  })
}

/** Options of {@link rmsprop}. */
export interface RmspropOptions {
  /** @default 0.01 */
  readonly learningRate: number
  /** Decay of the mean of squared gradients. @default 0.99 */
  readonly alpha: number
  /** @default 1e-8 */
  readonly epsilon: number
  /** @default 0 */
  readonly momentum: number
  /** @default 0 */
  readonly weightDecay: number
}

const rmspropOptions = defineOptions<RmspropOptions>({
  learningRate: real({ min: 0, default: 0.01 }),
  alpha: real({ min: 0, max: 1, default: 0.99 }),
  epsilon: real({ min: 0, default: 1e-8 }),
  momentum: real({ min: 0, max: 1, default: 0 }),
  weightDecay: real({ min: 0, default: 0 }),
})

/**
 * Steps scaled by the root of a moving mean of squared gradients: v ← α v + (1 − α) g², m ← momentum · m + g / (√v + ε), p ← p − rate · m.
 *
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Tieleman & Hinton 2012, Coursera lecture 6.5
 */
export function rmsprop(given: Partial<RmspropOptions> = {}): Optimizer {
  const options = rmspropOptions.parse('rmsprop', given)
  const { alpha, epsilon, momentum, weightDecay } = options
  return Object.freeze<Optimizer>({
    kind: 'rmsprop',
    options: { ...options },
    learningRate: options.learningRate,
    states: ['momentum', 'meanSquare'],
    update(memory, { learningRate, gradientScale, decays }) {
      eachArray(memory, 2, decays, ({ p, g, states, count, decays: own }) => {
        const settings = [
          alpha,
          1 - alpha,
          momentum,
          learningRate,
          epsilon,
          own ? weightDecay : 0,
          gradientScale,
        ]
        memory.kernel.rmsprop(p, g, states[0]!, states[1]!, count, ...settings)
      })
    },
  })
}

/** Options of {@link adagrad}. */
export interface AdagradOptions {
  /** @default 0.01 */
  readonly learningRate: number
  /** @default 1e-10 */
  readonly epsilon: number
  /** @default 0 */
  readonly weightDecay: number
}

const adagradOptions = defineOptions<AdagradOptions>({
  learningRate: real({ min: 0, default: 0.01 }),
  epsilon: real({ min: 0, default: 1e-10 }),
  weightDecay: real({ min: 0, default: 0 }),
})

/**
 * Steps scaled by the root of the sum of squared gradients: v ← v + g², p ← p − rate · g / (√v + ε).
 *
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Duchi et al. 2011, jmlr.org/papers/v12/duchi11a
 */
export function adagrad(given: Partial<AdagradOptions> = {}): Optimizer {
  const options = adagradOptions.parse('adagrad', given)
  const { epsilon, weightDecay } = options
  return Object.freeze<Optimizer>({
    kind: 'adagrad',
    options: { ...options },
    learningRate: options.learningRate,
    states: ['sumOfSquares'],
    update(memory, { learningRate, gradientScale, decays }) {
      eachArray(memory, 1, decays, ({ p, g, states, count, decays: own }) => {
        const settings = [learningRate, epsilon, own ? weightDecay : 0, gradientScale]
        memory.kernel.adagrad(p, g, states[0]!, count, ...settings)
      })
    },
  })
}
