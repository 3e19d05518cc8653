// Learning rates over time: functions of the step, counted from 0, to what the optimizer's own rate is multiplied with.
import { InvalidOptionError } from '../../base/index.js'

/** The factor of the learning rate at a step. */
export type Schedule = (step: number) => number

/** Always the same. */
export const constantSchedule: Schedule = () => 1

const share = (step: number, steps: number): number => Math.min(1, step / Math.max(1, steps))

/** Half a cosine from 1 to a floor. @see Loshchilov & Hutter 2017, arXiv:1608.03983 */
export const cosineSchedule =
  (steps: number, { floor = 0 }: { readonly floor?: number } = {}): Schedule =>
  (step) =>
    floor + ((1 - floor) * (1 + Math.cos(Math.PI * share(step, steps)))) / 2

/** A straight line from 0 to 1 over so many steps, then what follows. */
export const warmup =
  (steps: number, then: Schedule = constantSchedule): Schedule =>
  (step) =>
    step < steps ? (step + 1) / steps : then(step - steps)

/** Multiplied by a factor after every so many steps. */
export const stepSchedule =
  (every: number, factor = 0.1): Schedule =>
  (step) =>
    factor ** Math.floor(step / every)

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
export function oneCycle(
  steps: number,
  { rise = 0.3, startDivisor = 25, endDivisor = 1e4 }: OneCycleOptions = {},
): Schedule {
  if (!(rise > 0 && rise < 1))
    throw new InvalidOptionError(
      `oneCycle: option 'rise' must be a number between 0 and 1; received ${rise}.`,
      {
        option: 'rise',
        expected: 'between 0 and 1',
        received: rise,
      },
    )
  const between = (from: number, to: number, part: number): number =>
    to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2
  const top = rise * steps
  return (step) =>
    step < top
      ? between(1 / startDivisor, 1, step / top)
      : between(1, 1 / startDivisor / endDivisor, share(step - top, steps - top))
}

/** Options of {@link plateau}. */
export interface PlateauOptions {
  /** @default 0.1 */
  readonly factor?: number
  /** Evaluations without improvement that are waited for. @default 10 */
  readonly patience?: number
  /** The least factor. @default 0 */
  readonly floor?: number
}

/** A schedule that falls when a loss does not: it is told of each evaluation. */
export interface PlateauSchedule {
  readonly factor: Schedule
  report(loss: number): void
}

/** Multiplies the rate by a factor when the loss has not improved for a while. */
export function plateau({ factor = 0.1, patience = 10, floor = 0 }: PlateauOptions = {}): PlateauSchedule {
  let best = Infinity
  let waited = 0
  let current = 1
  return {
    factor: () => current,
    report(loss) {
      if (loss < best) {
        best = loss
        waited = 0
        return
      }
      if (++waited <= patience) return
      current = Math.max(floor, current * factor)
      waited = 0
    },
  }
}
