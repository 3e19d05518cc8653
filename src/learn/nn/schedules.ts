// Learning rates over time: functions of the step, counted from 0, to what the optimizer's own rate is multiplied with.
import { checkOptions, integer, InvalidOptionError, type OptionSpec, quote, real } from '../../base/index.js'

/** The factor of the learning rate at a step. */
export type Schedule = (step: number) => number

/** Always the same. */
export const constantSchedule: Schedule = () => 1

const notNegative: OptionSpec<number> = real({ min: 0, default: 0 })
const positive: OptionSpec<number> = real({ min: 0, exclusive: true, default: 1 })

/** What is no number would make the rate none, from the first step on. */
function requireNumber(
  who: string,
  name: string,
  value: unknown,
  { accepts, expected }: OptionSpec<number>,
): void {
  if (accepts(value)) return
  throw new InvalidOptionError(`${who}: '${name}' must be ${expected}; received ${quote(value)}.`, {
    option: name,
    expected,
    received: value,
  })
}

const share = (step: number, steps: number): number => Math.min(1, step / Math.max(1, steps))

/** Half a cosine from 1 to a floor. @see Loshchilov & Hutter 2017, arXiv:1608.03983 */
export function cosineSchedule(steps: number, options: { readonly floor?: number } = {}): Schedule {
  requireNumber('cosineSchedule', 'steps', steps, notNegative)
  checkOptions('cosineSchedule', options, { floor: real({ min: 0, max: 1, default: 0 }) })
  const { floor = 0 } = options
  return (step) => floor + ((1 - floor) * (1 + Math.cos(Math.PI * share(step, steps)))) / 2
}

/** A straight line from 0 to 1 over so many steps, then what follows. */
export function warmup(steps: number, then: Schedule = constantSchedule): Schedule {
  requireNumber('warmup', 'steps', steps, notNegative)
  return (step) => (step < steps ? (step + 1) / steps : then(step - steps))
}

/** Multiplied by a factor after every so many steps. */
export function stepSchedule(every: number, factor = 0.1): Schedule {
  requireNumber('stepSchedule', 'every', every, positive)
  requireNumber('stepSchedule', 'factor', factor, notNegative)
  return (step) => factor ** Math.floor(step / every)
}

/** Options of {@link oneCycle}. */
export interface OneCycleOptions {
  /** Share of the steps that rise. @default 0.3 */
  readonly rise?: number
  /** The first rate is the highest over this. @default 25 */
  readonly startDivisor?: number
  /** The last rate is the first over this. @default 10,000 */
  readonly endDivisor?: number
}

/** Up to the highest rate and far down, along cosines. @see Smith & Topin 2019, arXiv:1708.07120 */
export function oneCycle(steps: number, options: OneCycleOptions = {}): Schedule {
  requireNumber('oneCycle', 'steps', steps, notNegative)
  const rising = real({ min: 0, max: 1, exclusive: true, default: 0.3 })
  checkOptions('oneCycle', options, { rise: rising, startDivisor: positive, endDivisor: positive })
  const { rise = 0.3, startDivisor = 25, endDivisor = 1e4 } = options
  const between = (from: number, to: number, part: number): number =>
    to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2
  // The highest rate comes in the last step of the rise, the lowest in the last of all, as in PyTorch.
  const top = Math.max(0, rise * steps - 1)
  return (step) =>
    step < top
      ? between(1 / startDivisor, 1, step / top)
      : between(1, 1 / startDivisor / endDivisor, share(step - top, steps - 1 - top))
}

/** Options of {@link plateau}. */
export interface PlateauOptions {
  /** @default 0.1 */
  readonly factor?: number
  /** Evaluations without improvement that are waited for. @default 10 */
  readonly patience?: number
  /** The least factor. @default 0 */
  readonly floor?: number
  /** The share by which a loss must be below the best one to be an improvement. @default 0.0001 */
  readonly threshold?: number
}

/** Where a plateau schedule stands; plain data. */
export interface PlateauState {
  /** The best loss so far. */
  readonly best: number
  /** Evaluations since. */
  readonly waited: number
  /** What the rate is multiplied with now. */
  readonly factor: number
}

/** A schedule that falls when a loss does not: it is told of each evaluation. */
export interface PlateauSchedule {
  readonly factor: Schedule
  report(loss: number): void
  /** Where it stands, for a checkpoint. */
  state(): PlateauState
  /** Goes on from there, or begins anew where none is given; training does so itself. */
  restore(state?: PlateauState): void
}

const freshPlateau: PlateauState = { best: Infinity, waited: 0, factor: 1 }

/**
 * Multiplies the rate by a factor when the loss has not improved for a while.
 *
 * @example
 * ```ts
 * const falling = plateau({ patience: 1, factor: 0.5 })
 * for (const loss of [3, 2, 2, 2]) falling.report(loss)
 * falling.factor(0) // => 0.5
 * ```
 */
export function plateau(options: PlateauOptions = {}): PlateauSchedule {
  checkOptions('plateau', options, {
    factor: real({ min: 0, max: 1, default: 0.1 }),
    patience: integer({ min: 0, default: 10 }),
    floor: real({ min: 0, max: 1, default: 0 }),
    threshold: real({ min: 0, default: 1e-4 }),
  })
  const { factor = 0.1, patience = 10, floor = 0, threshold = 1e-4 } = options
  let state = freshPlateau
  return {
    factor: () => state.factor,
    report(loss) {
      if (loss < state.best * (1 - threshold)) state = { ...state, best: loss, waited: 0 }
      else if (state.waited < patience) state = { ...state, waited: state.waited + 1 }
      else state = { ...state, waited: 0, factor: Math.max(floor, state.factor * factor) }
    },
    state: () => state,
    restore: (saved = freshPlateau) => void (state = saved),
  }
}
