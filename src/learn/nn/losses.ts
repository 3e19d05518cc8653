// Losses: means over a batch, of tensors. Targets of classes are int32.
import {
  checkOptions,
  custom,
  nameOf,
  oneOf,
  type OptionChecks,
  real,
  ShapeError,
  UsageError,
} from '../../base/index.js'
import { array, formatShape, t, type Tensor } from '../../engine/graph/index.js'

/** How a loss over elements comes to one number. */
export interface LossOptions {
  /** The mean, the sum, or each by itself. @default 'mean' */
  readonly reduction?: 'mean' | 'sum' | 'none'
}

const share = real({ min: 0, max: 1, default: 0 })
const notNegative = real({ min: 0, default: 1 })
const reductionChecks: OptionChecks<LossOptions> = {
  reduction: oneOf(['mean', 'sum', 'none'], { default: 'mean' }),
}

function reduced(losses: Tensor, { reduction = 'mean' }: LossOptions): Tensor {
  if (reduction === 'none') return losses
  return reduction === 'sum' ? t.sum(losses) : t.mean(losses)
}

/** A loss that is given a whole batch, or what the batch does not have, is told so in its own words. */
function requireTensors(who: string, given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value) continue
    throw new UsageError(
      `${who}: '${name}' is ${nameOf(value)}, expected a tensor. Give it those of the batch by their names: loss: (output, { y }) => ${who}(output, y).`,
      { argument: name },
    )
  }
}

/**
 * Predictions and targets of one shape: outputs [rows, 1] minus targets [rows] would be [rows, rows], whose mean falls too, but
 * towards predictions that are all the same. A single target for all is meant so.
 */
function requireLike(who: string, predictions: Tensor, targets: Tensor): void {
  requireTensors(who, { predictions, targets })
  const [a, b] = [predictions.shape, targets.shape]
  if (b.length === 0 || mayBeEqual(a, b)) return
  throw new ShapeError(
    `${who}: predictions are ${formatShape(a)} and targets ${formatShape(b)}, expected one shape. Bring them to it, with t.reshape or t.squeeze.`,
    { expected: a, received: b, where: 'targets' },
  )
}

/** Sizes of names, such as 'batch', are known when it runs. */
const mayBeEqual = (a: Tensor['shape'], b: Tensor['shape']): boolean =>
  a.length === b.length &&
  a.every((dim, i) => typeof dim !== 'number' || typeof b[i] !== 'number' || dim === b[i])

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends LossOptions {
  /** A weight for each class; the mean is then a weighted one. */
  readonly weights?: ArrayLike<number>
  /** This share of the target is spread evenly over all classes. @default 0 */
  readonly labelSmoothing?: number
  /** Targets that do not count, such as padding. */
  readonly ignoreIndex?: number
}

const crossEntropyChecks: OptionChecks<CrossEntropyOptions> = {
  ...reductionChecks,
  weights: custom<unknown>({
    default: undefined,
    expected: 'a list of numbers, one for each class',
    accepts: (value) => Array.isArray(value) || ArrayBuffer.isView(value),
  }),
  labelSmoothing: share,
  ignoreIndex: custom<unknown>({
    default: undefined,
    expected: 'a whole number',
    accepts: (value) => Number.isInteger(value),
  }),
}

/** Targets are codes of classes: numbers with a fraction, or a row for each class, would be cut to codes without a word. */
function requireClasses(logits: Tensor, targets: Tensor, weights: ArrayLike<number> | undefined): void {
  requireTensors('crossEntropy', { logits, targets })
  const expected = logits.shape.slice(0, -1)
  const shapes = { expected, received: targets.shape, where: 'targets' }
  if (targets.dtype.startsWith('float'))
    throw new ShapeError(
      `crossEntropy: targets are ${targets.dtype}${formatShape(targets.shape)}, expected codes of classes as int32${formatShape(expected)}. Make them with array(codes, { dtype: 'int32' }); of two classes with one logit, take binaryCrossEntropy.`,
      shapes,
    )
  if (logits.shape.length === 0 || !mayBeEqual(expected, targets.shape))
    throw new ShapeError(
      `crossEntropy: logits are ${formatShape(logits.shape)} and targets ${formatShape(targets.shape)}, expected one class for each row of logits, ${formatShape(expected)}. Bring them to it, with t.reshape, t.squeeze, or t.argMax of one-hot targets.`,
      shapes,
    )
  const classes = logits.shape.at(-1)
  if (weights === undefined || typeof classes !== 'number' || weights.length === classes) return
  throw new ShapeError(
    `crossEntropy: there are ${weights.length} weights for ${classes} classes, expected one for each.`,
    { expected: classes, received: weights.length, where: 'weights' },
  )
}

/**
 * −log softmax(logits)[target], the mean over all targets; with weights the weighted mean, as in PyTorch.
 *
 * @param logits - [..., classes]
 * @param targets - int32 [...], from 0 to classes − 1, or `ignoreIndex`; training refuses others, and names the row
 * @throws {@link ShapeError} for targets of another shape, or floats; for another number of weights
 * @example
 * ```ts
 * import type { NDArray } from 'modelwright/graph'
 * const loss = crossEntropy(array([[0, 0], [0, 0]]), array([0, 1], { dtype: 'int32' }))
 * toNested(loss as NDArray) // => 0.6931471824645996
 * ```
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkOptions('crossEntropy', options, crossEntropyChecks)
  const { ignoreIndex, weights } = options
  requireClasses(logits, targets, weights)
  const ignored =
    ignoreIndex === undefined ? undefined : t.equal(targets, array(ignoreIndex, { dtype: 'int32' }))
  const counts = ignored === undefined ? undefined : t.cast(t.not(ignored), logits.dtype)
  // What is ignored may be no class at all, such as −100.
  const safe = ignored === undefined ? targets : t.where(ignored, array(0, { dtype: 'int32' }), targets)
  const table = weights === undefined ? undefined : array(Float32Array.from(weights))
  const losses = smoothed(t.logSoftmax(logits), { safe, table, share: options.labelSmoothing ?? 0 })
  const own = table === undefined ? undefined : t.gather(table, safe)
  if (counts === undefined && own === undefined) return reduced(losses, options)
  const counted = counts === undefined ? losses : t.mul(losses, counts)
  if ((options.reduction ?? 'mean') !== 'mean') return reduced(counted, options)
  return t.div(t.sum(counted), t.sum(t.mul(own ?? 1, counts ?? 1)))
}

/** −log p of the right class, and a share of the mean over all; each class times its weight. */
function smoothed(
  logs: Tensor,
  {
    safe,
    table,
    share: evenly,
  }: { readonly safe: Tensor; readonly table: Tensor | undefined; readonly share: number },
): Tensor {
  const weighted = table === undefined ? logs : t.mul(logs, table)
  const right = t.neg(t.squeeze(t.takeAlong(weighted, t.expandDims(safe, -1)), [-1]))
  if (evenly === 0) return right
  return t.sub(t.mul(right, 1 - evenly), t.mul(t.mean(weighted, { axes: -1 }), evenly))
}

/** log(1 + e^x) − x · target: cross-entropy of two classes from logits. @throws {@link ShapeError} for targets of another shape */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkOptions('binaryCrossEntropy', options, reductionChecks)
  requireLike('binaryCrossEntropy', logits, targets)
  return reduced(t.sub(t.softplus(logits), t.mul(logits, targets)), options)
}

/** Options of {@link focal}. */
export interface FocalOptions extends LossOptions {
  /** How much less what is right already counts. @default 2 */
  readonly gamma?: number
  /** The weight of the positive class. @default 0.25 */
  readonly alpha?: number
}

/** Binary cross-entropy, less for what is right already. @see Lin et al. 2017, arXiv:1708.02002 */
export function focal(logits: Tensor, targets: Tensor, options: FocalOptions = {}): Tensor {
  checkOptions('focal', options, { ...reductionChecks, gamma: notNegative, alpha: share })
  const { gamma = 2, alpha = 0.25 } = options
  requireLike('focal', logits, targets)
  const p = t.sigmoid(logits)
  const right = t.add(t.mul(p, targets), t.mul(t.sub(1, p), t.sub(1, targets)))
  const balance = t.add(t.mul(targets, alpha), t.mul(t.sub(1, targets), 1 - alpha))
  const entropy = binaryCrossEntropy(logits, targets, { reduction: 'none' })
  return reduced(t.mul(t.mul(balance, t.pow(t.sub(1, right), gamma)), entropy), options)
}

/** (prediction − target)² @throws {@link ShapeError} for targets of another shape */
export function meanSquaredError(predictions: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkOptions('meanSquaredError', options, reductionChecks)
  requireLike('meanSquaredError', predictions, targets)
  return reduced(t.square(t.sub(predictions, targets)), options)
}

/** |prediction − target| @throws {@link ShapeError} for targets of another shape */
export function meanAbsoluteError(predictions: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkOptions('meanAbsoluteError', options, reductionChecks)
  requireLike('meanAbsoluteError', predictions, targets)
  return reduced(t.abs(t.sub(predictions, targets)), options)
}

/** Squared up to a distance, then linear. @param options.delta - that distance. @default 1 */
export function huber(
  predictions: Tensor,
  targets: Tensor,
  options: LossOptions & { readonly delta?: number } = {},
): Tensor {
  checkOptions('huber', options, { ...reductionChecks, delta: real({ min: 0, exclusive: true, default: 1 }) })
  const { delta = 1 } = options
  requireLike('huber', predictions, targets)
  const distance = t.abs(t.sub(predictions, targets))
  const near = t.mul(t.square(distance), 0.5)
  const far = t.mul(t.sub(distance, delta / 2), delta)
  return reduced(t.where(t.less(distance, delta), near, far), options)
}

/** The pinball loss, whose minimum is a quantile. @param options.quantile - @default 0.5, the median */
export function quantile(
  predictions: Tensor,
  targets: Tensor,
  options: LossOptions & { readonly quantile?: number } = {},
): Tensor {
  checkOptions('quantile', options, {
    ...reductionChecks,
    quantile: real({ min: 0, max: 1, exclusive: true, default: 0.5 }),
  })
  const { quantile: q = 0.5 } = options
  requireLike('quantile', predictions, targets)
  const over = t.sub(targets, predictions)
  return reduced(t.maximum(t.mul(over, q), t.mul(over, q - 1)), options)
}

/**
 * Σ target · (log target − log prediction), the mean over the batch; from log-probabilities.
 *
 * @throws {@link ShapeError} for targets of another shape
 */
export function klDivergence(logPredictions: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkOptions('klDivergence', options, reductionChecks)
  requireLike('klDivergence', logPredictions, targets)
  const safe = t.where(t.greater(targets, 0), targets, 1)
  return reduced(t.sum(t.mul(targets, t.sub(t.log(safe), logPredictions)), { axes: -1 }), options)
}

const distanceOf = (a: Tensor, b: Tensor): Tensor =>
  // The slope of a root at 0 is infinite: 10⁻¹² keeps it in bounds.
  t.sqrt(t.add(t.sum(t.square(t.sub(a, b)), { axes: -1 }), 1e-12))

/** The anchor should be nearer to the positive than to the negative, by a margin. @see Schroff et al. 2015, arXiv:1503.03832 */
export function triplet(
  {
    anchor,
    positive,
    negative,
  }: { readonly anchor: Tensor; readonly positive: Tensor; readonly negative: Tensor },
  options: LossOptions & { readonly margin?: number } = {},
): Tensor {
  checkOptions('triplet', options, { ...reductionChecks, margin: notNegative })
  requireTensors('triplet', { anchor, positive, negative })
  requireLike('triplet', anchor, positive)
  requireLike('triplet', anchor, negative)
  const { margin = 1 } = options
  const lead = t.sub(distanceOf(anchor, positive), distanceOf(anchor, negative))
  return reduced(t.relu(t.add(lead, margin)), options)
}

/**
 * Equal pairs (target 1) near, others at least a margin apart; `same` has a number for each pair, [rows].
 *
 * @throws {@link ShapeError} for pairs or targets of other shapes
 * @see Hadsell et al. 2006, doi:10.1109/CVPR.2006.100
 */
export function contrastive(
  { a, b, same }: { readonly a: Tensor; readonly b: Tensor; readonly same: Tensor },
  options: LossOptions & { readonly margin?: number } = {},
): Tensor {
  checkOptions('contrastive', options, { ...reductionChecks, margin: notNegative })
  requireTensors('contrastive', { a, b, same })
  requireLike('contrastive', a, b)
  const { margin = 1 } = options
  const distance = distanceOf(a, b)
  // Targets [rows, 1] beside distances [rows] would compare each pair with the targets of all.
  requireLike('contrastive', distance, same)
  const apart = t.square(t.relu(t.sub(margin, distance)))
  return reduced(t.add(t.mul(same, t.square(distance)), t.mul(t.sub(1, same), apart)), options)
}

/** 1 − 2 |A ∩ B| / (|A| + |B|), for each example, from probabilities. @see Milletari et al. 2016, arXiv:1606.04797 */
export function dice(
  probabilities: Tensor,
  targets: Tensor,
  options: LossOptions & { readonly smooth?: number } = {},
): Tensor {
  checkOptions('dice', options, { ...reductionChecks, smooth: notNegative })
  requireLike('dice', probabilities, targets)
  const { smooth = 1 } = options
  const axes = probabilities.shape.slice(1).map((_, i) => i + 1)
  const both = t.sum(t.mul(probabilities, targets), { axes })
  const each = t.add(t.sum(probabilities, { axes }), t.sum(targets, { axes }))
  return reduced(t.sub(1, t.div(t.add(t.mul(both, 2), smooth), t.add(each, smooth))), options)
}
