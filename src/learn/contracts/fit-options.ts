// What `fit` accepts, checked, and brought down to what learners see.
import {
  checkOptions,
  custom,
  DataError,
  drawnSeed,
  drawnSeedOption,
  type OptionChecks,
  rng,
  threadsOption,
  type WorkOptions,
  workSpecs,
} from '../../base/index.js'
import type { Table } from '../../data/index.js'
import { asTable, type Features, fittedColumns } from './features.js'
import type { FitData } from './fit-data.js'
import { checkLengths, noRows, requireTargetInput, type Target, type TargetInput } from './target.js'

/** What every `fit` accepts. */
export interface FitOptions extends WorkOptions {
  /** Rows with greater weights count more; at least 0. */
  readonly sampleWeight?: ArrayLike<number> | undefined
  /** A part set aside, for early stopping. */
  readonly validation?: { readonly x: Features; readonly y: TargetInput } | undefined
  /** Equal seeds give equal models. 'random' draws a seed, which the model tells. @default 0 */
  readonly seed?: number | 'random' | undefined
  /** Threads for kernels; results do not depend on it. @default the number of cores */
  readonly threads?: number | undefined
}

/** {@link FitOptions} with the name of the target column. */
export interface TargetOption<Name extends string = string> extends FitOptions {
  /** The column of x that is to be predicted; all others are learned from. */
  readonly target: Name
}

export type FitArguments = [x: Features, y: TargetInput | TargetOption, options?: FitOptions]

const has = (value: unknown, ...names: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && names.every((name) => name in value)

/** Weights of rows, as every `fit` takes them. */
export const sampleWeightOption = custom<ArrayLike<number> | undefined>({
  default: undefined,
  expected: 'a list of one weight per row',
  accepts: (value) => has(value, 'length'),
})

const checks: OptionChecks<FitOptions> = {
  sampleWeight: sampleWeightOption,
  validation: custom<FitOptions['validation']>({
    default: undefined,
    expected: 'an object of x and y',
    accepts: (value) => has(value, 'x', 'y'),
  }),
  seed: drawnSeedOption,
  threads: threadsOption,
  ...workSpecs,
}

const isTargetOption = (y: unknown): y is TargetOption => has(y, 'target')

/** Brings the forms of `fit` down to one. */
export function fitData(
  [features, yOrOptions, given = {}]: FitArguments,
  toTarget: (y: TargetInput) => Target,
): { readonly data: FitData; readonly seed: number } {
  const byName = isTargetOption(yOrOptions)
  if (byName) checkOptions<TargetOption>('fit', yOrOptions, { ...checks, target: true })
  else checkOptions<FitOptions>('fit', given, checks)
  const options = byName ? yOrOptions : given
  const table = asTable(features)
  if (!byName) requireTargetInput(yOrOptions)
  // Before the target is looked for: rows that are not there have no columns either.
  if (table.rowCount === 0 && (byName || yOrOptions.length === 0)) throw noRows()
  const x = byName ? table.drop(yOrOptions.target) : table
  const target = toTarget(byName ? table.col(yOrOptions.target) : yOrOptions)
  checkLengths(x, target, options.sampleWeight)
  if (x.names.length === 0)
    throw new DataError('fit: there are no feature columns beside the target.', { count: 0 })
  const seed = drawnSeed(options.seed)
  const data = {
    x,
    target,
    sampleWeight: options.sampleWeight === undefined ? undefined : Float64Array.from(options.sampleWeight),
    validation: validationPart(x, options, toTarget),
    rng: rng(seed),
    threads: options.threads,
    signal: options.signal,
    onEvent: options.onEvent,
  }
  return { data, seed }
}

function validationPart(x: Table, { validation }: FitOptions, toTarget: (y: TargetInput) => Target) {
  if (validation === undefined) return undefined
  const part = {
    x: fittedColumns(asTable(validation.x, x.fields), x.fields, 'fit: the validation part'),
    target: toTarget(validation.y),
  }
  checkLengths(part.x, part.target)
  return part
}

/** Codes the validation part by the classes of the training part. */
export function sameClasses(data: FitData): FitData['validation'] {
  const { validation, target } = data
  if (validation?.target.type !== 'classes' || target?.type !== 'classes') return validation
  const known = new Map(target.classes.map((label, code) => [label, code]))
  const { classes, codes } = validation.target
  const translated = Int32Array.from(codes, (code) => {
    const label = classes[code]!
    const found = known.get(label)
    if (found === undefined) {
      throw new DataError(
        `fit: class '${String(label)}' occurs in the validation part only. Give training rows of it.`,
        {
          label,
        },
      )
    }
    return found
  })
  return { ...validation, target: { type: 'classes', classes: target.classes, codes: translated } }
}
