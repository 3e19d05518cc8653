// From values to pixels and back, with round ticks between.
import { exactTime, shortNumber } from '../base/format.js'

export interface Scale {
  readonly log: boolean
  /** The values at both ends. */
  readonly domain: readonly [number, number]
  /** Pixels of a value; NaN where there is no place for it. */
  at(value: number): number
  /** The value at a pixel. */
  from(pixel: number): number
  readonly ticks: readonly number[]
}

interface ScaleOptions {
  readonly log?: boolean
  /** Values are milliseconds since 1970. */
  readonly time?: boolean
  /** Ticks at whole numbers only, as steps are. */
  readonly whole?: boolean
  readonly ticks?: number
}

export function scale(
  domain: readonly [number, number],
  [start, end]: readonly [number, number],
  { log = false, time = false, whole = false, ticks = 5 }: ScaleOptions = {},
): Scale {
  const ends = widened(domain, log)
  const [low, high] = log ? [Math.log10(ends[0]), Math.log10(ends[1])] : ends
  const factor = (end - start) / (high - low)
  return {
    log,
    domain: ends,
    at: (value) => start + ((log ? Math.log10(value) : value) - low) * factor,
    from(pixel) {
      const place = low + (pixel - start) / factor
      return log ? 10 ** place : place
    },
    ticks: log
      ? logTicks(ends, ticks)
      : time
        ? timeTicks(ends, ticks)
        : linearTicks(ends, ticks, whole ? 1 : 0),
  }
}

/** Seconds that clocks and calendars count by. */
const timeSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
]

function timeTicks([low, high]: readonly [number, number], count: number): number[] {
  const rough = (high - low) / 1000 / Math.max(1, count)
  const step = (timeSteps.find((size) => size >= rough) ?? 31_536_000) * 1000
  // Whole hours and days are those of whoever looks.
  const shift = new Date(low).getTimezoneOffset() * 60_000
  const ticks: number[] = []
  for (let tick = Math.ceil((low - shift) / step) * step + shift; tick <= high; tick += step) ticks.push(tick)
  return ticks
}

/** A single value gets room around it. */
function widened([low, high]: readonly [number, number], log: boolean): readonly [number, number] {
  if (!(Number.isFinite(low) && Number.isFinite(high))) return log ? [0.1, 10] : [0, 1]
  if (low < high) return [low, high]
  if (log) return [low / 2, low * 2]
  const room = Math.abs(low) * 0.1 || 1
  return [low - room, low + room]
}

function linearTicks([low, high]: readonly [number, number], count: number, least = 0): number[] {
  const rough = Math.max(least, (high - low) / Math.max(1, count))
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  const ticks: number[] = []
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + Math.sign(high) * 1e-12); i++)
    ticks.push(i === 0 ? 0 : i * step)
  return ticks
}

function logTicks([low, high]: readonly [number, number], count: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)]
  // Less than two powers of ten in sight: round numbers between say more.
  if (last - first < 1) return linearTicks([low, high], count).filter((tick) => tick > 0)
  const every = Math.max(1, Math.ceil((last - first) / count))
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => 10 ** (first + i * every))
}

/** Ticks of one axis, with as many decimals as tell them apart. */
export function tickFormat(ticks: readonly number[]): (value: number) => string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0))
  const most = Math.max(...ticks.map(Math.abs), 0)
  if (most >= 1e6 && step < most / 1000) return fromFirst(ticks)
  if (most >= 1e6 || (most < 1e-3 && most > 0)) return (value) => (value === 0 ? '0' : short(value))
  const decimals = Math.max(0, Math.min(8, Math.ceil(-Math.log10(step) - 1e-9)))
  return (value) => value.toLocaleString('en-US', { maximumFractionDigits: decimals }).replace('-', '−')
}

/** Large numbers that differ in their last digits: how much more each is than the first, for which there is room. */
const fromFirst =
  ([first = 0]: readonly number[]) =>
  (value: number): string =>
    value === first ? short(value) : `+${shortNumber(Number((value - first).toPrecision(3)))}`

const short = (value: number): string => {
  const size = Math.abs(value)
  if (size >= 1e6 && size < 1e15)
    return value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 }).replace('-', '−')
  return value
    .toExponential(Number.isInteger(Math.log10(size)) ? 0 : 1)
    .replace('e+', 'e')
    .replaceAll('-', '−')
}

export type XKind = 'step' | 'time' | 'relative'

/** The place of a point as one reads it. */
export function xText(kind: XKind, value: number): string {
  if (kind === 'step') return `Step ${value.toLocaleString('en-US', { maximumFractionDigits: 2 })}`
  return kind === 'time' ? exactTime(value) : seconds(value)
}

export function xTick(kind: XKind, ticks: readonly number[]): (value: number) => string {
  if (kind === 'step') return tickFormat(ticks)
  if (kind === 'relative') return seconds
  const span = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0)
  return (value) =>
    new Date(value).toLocaleString(
      'en-GB',
      span > 86_400_000
        ? { day: 'numeric', month: 'short' }
        : { hour: '2-digit', minute: '2-digit', ...(span < 600_000 && { second: '2-digit' }) },
    )
}

function seconds(value: number): string {
  if (value < 60) return `${shortNumber(value)} s`
  return value < 3600 ? `${shortNumber(value / 60)} min` : `${shortNumber(value / 3600)} h`
}
