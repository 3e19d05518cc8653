// Curves as they are drawn: places and values as numbers, smoothed when asked for.
import type { Curve } from '../../../src/app/http/api/page-types.js'
import { numberOf } from '../base/format.js'
import type { XKind } from './scale.js'

export interface Series {
  readonly id: string
  readonly label: string
  readonly color: string
  readonly dash: readonly number[]
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** Where the points of a curve stand; `relative` is seconds since its first. */
export function placesOf({ steps, times }: Curve, kind: XKind): readonly number[] {
  if (kind === 'step') return steps
  if (kind === 'time') return times
  const first = times[0] ?? 0
  return times.map((time) => (time - first) / 1000)
}

export const valuesOf = ({ values }: Curve): readonly number[] => values.map(numberOf)

/**
 * Exponential moving average, with the weight of the missing past taken out, so that it begins at the first value.
 * Gaps stay gaps.
 */
export function smoothed(values: readonly number[], weight: number): readonly number[] {
  if (weight === 0) return values
  let average = 0
  let known = 0
  return values.map((value) => {
    if (!Number.isFinite(value)) return value
    average = average * weight + value * (1 - weight)
    known = known * weight + (1 - weight)
    return average / known
  })
}

/** The least and the greatest of what can be shown. */
export function extent(lists: readonly (readonly number[])[], log: boolean): readonly [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return [low, high]
}

/** The index of the nearest place; places ascend. */
export function nearest(places: readonly number[], wanted: number): number {
  let low = 0
  let high = places.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (places[middle]! < wanted) low = middle
    else high = middle
  }
  return Math.abs(places[low]! - wanted) <= Math.abs(places[high]! - wanted) ? low : high
}
