// The public face of a transformer, single or composed.
import {
  checkOptions,
  type OptionChecks,
  rng,
  seedOption,
  type WorkOptions,
  workSpecs,
} from '../../base/index.js'
import type { Transform, Transformer } from './core.js'
import { asTable, type Features } from './features.js'
import type { FitData } from './fit-data.js'
import { sampleWeightOption } from './fit-options.js'
import { checkLengths, classTarget, type Target, type TargetInput, valueTarget } from './target.js'

export interface TransformFitOptions extends WorkOptions {
  /** Rows with greater weights count more; at least 0. */
  readonly sampleWeight?: ArrayLike<number> | undefined
  /** Equal seeds give equal transforms. @default 0 */
  readonly seed?: number | undefined
}

const checks: OptionChecks<TransformFitOptions> = {
  sampleWeight: sampleWeightOption,
  seed: seedOption,
  ...workSpecs,
}

/** A transformer as users hold it. */
export interface PublicTransformer extends Transformer {
  /** Learns from x (and, where it needs one, the target y) and gives a transform. */
  fit(x: Features, y?: TargetInput, options?: TransformFitOptions): Promise<Transform>
}

/** Puts `fit` on a transformer. */
export function asTransformer(core: Omit<Transformer, 'role'>): PublicTransformer {
  return Object.freeze({
    ...core,
    role: 'transformer' as const,
    fit: async (x: Features, y?: TargetInput, options: TransformFitOptions = {}) =>
      (await core.fitCore(transformerData(x, y, options))).transform,
  })
}

function transformerData(
  features: Features,
  y: TargetInput | undefined,
  options: TransformFitOptions,
): FitData {
  checkOptions<TransformFitOptions>('fit', options, checks)
  const { seed = 0, sampleWeight, signal, onEvent } = options
  const x = asTable(features)
  const target = y === undefined ? undefined : targetByType(y)
  if (target !== undefined) checkLengths(x, target, sampleWeight)
  const weights = sampleWeight === undefined ? undefined : Float64Array.from(sampleWeight)
  return { x, target, sampleWeight: weights, rng: rng(seed), signal, onEvent }
}

/** Numbers are values, anything else classes. */
function targetByType(y: TargetInput): Target {
  const numeric = 'type' in y ? y.type === 'number' : typeof (y as ArrayLike<unknown>)[0] === 'number'
  return numeric ? valueTarget(y) : classTarget(y)
}
