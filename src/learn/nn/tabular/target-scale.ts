// The scale on which targets are learned.

/** Predictions are network · scale + center, within the range of the targets. */
export interface TargetScale {
  readonly center: number
  readonly scale: number
  readonly low: number
  readonly high: number
}

/** Of values their moments and range; of class codes nothing. */
export function targetScale(y: Float64Array, classes: boolean): TargetScale {
  if (classes) return { center: 0, scale: 1, low: 0, high: 0 }
  // Shares of the largest, so that no square of a number is infinite.
  const most = y.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  const center = y.reduce((sum, value) => sum + value / most, 0) / y.length
  const variance = y.reduce((sum, value) => sum + (value / most - center) ** 2, 0) / y.length
  return {
    center: center * most,
    scale: variance > 0 ? Math.sqrt(variance) * most : 1,
    low: y.reduce((a, b) => Math.min(a, b), Infinity),
    high: y.reduce((a, b) => Math.max(a, b), -Infinity),
  }
}
