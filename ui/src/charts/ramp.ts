// From a value to a color: a ramp that rises evenly in lightness on light ground and falls on dark, readable without hue.
import { colorAt } from '../base/colors.js'

interface Colored {
  readonly values: readonly number[]
  readonly categories: readonly string[] | undefined
}

/** Ends and middle of the ramp, after the shape of viridis, cut where it would vanish on either ground. */
const stops = [
  [78, 58, 158],
  [46, 121, 160],
  [36, 160, 122],
  [201, 170, 40],
] as const

/** The color of each item; one color for all where there is nothing to color by. */
export function colorsOf(color: Colored | undefined, count: number): readonly string[] {
  if (color === undefined) return Array.from({ length: count }, () => colorAt(0))
  if (color.categories !== undefined)
    return color.values.map((value) => (Number.isNaN(value) ? missing : colorAt(value)))
  const finite = color.values.filter(Number.isFinite)
  const low = Math.min(...finite)
  const span = Math.max(...finite) - low || 1
  return color.values.map((value) => (Number.isFinite(value) ? rampAt((value - low) / span) : missing))
}

const missing = '#8b95a5'

export function rampAt(share: number): string {
  const place = Math.min(0.9999, Math.max(0, share)) * (stops.length - 1)
  const [a, b] = [stops[Math.floor(place)]!, stops[Math.floor(place) + 1]!]
  const part = place % 1
  return `rgb(${a.map((from, i) => Math.round(from + (b[i]! - from) * part)).join(' ')})`
}
