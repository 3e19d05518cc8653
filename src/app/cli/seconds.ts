// Durations as people write them.
import { UsageError } from '../../base/index.js'

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600 }

/**
 * Seconds from `60`, `60s`, `1.5m`, `2h`, `500ms`.
 *
 * @throws {@link UsageError} for anything else
 */
export function parseSeconds(text: string, name = '--time'): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?$/.exec(text.trim())
  const seconds = match === null ? Number.NaN : Number(match[1]) * unitSeconds[match[2] ?? 's']!
  if (seconds > 0) return seconds
  throw new UsageError(`${name}: expected a duration such as 60s, 5m or 1h; received '${text}'.`, {
    argument: name,
  })
}

/** A duration for people: `0.4 s`, `12 s`, `3 min 5 s`, `1 h 20 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
