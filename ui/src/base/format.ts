// Numbers, times and sizes as people read them. What is rounded here stands whole in a title beside it.
import type { Figure } from '../../../src/app/http/api/page-types.js'

/** A figure of the server as a number again. */
export const numberOf = (figure: Figure | null | undefined): number =>
  typeof figure === 'number'
    ? figure
    : figure === 'Infinity'
      ? Infinity
      : figure === '-Infinity'
        ? -Infinity
        : NaN

const nameOf = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞')

/** Five digits tell runs apart in a table; all of them are one hover away. */
const digits = 5

/** Writes numbers of one column alike: so many decimals as its size asks for, so that points stand below each other. */
export function columnFormat(values: Iterable<number>): (value: number) => string {
  let most = 0
  let whole = true
  let smallest = Infinity
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    const size = Math.abs(value)
    most = Math.max(most, size)
    if (size > 0) smallest = Math.min(smallest, size)
    whole &&= Number.isInteger(value)
  }
  if (whole && most < 1e15) return (value) => (Number.isFinite(value) ? grouped(value, 0) : nameOf(value))
  if (most >= 1e9 || most < 1e-4 || smallest < most * 1e-9) return shortNumber
  const decimals = Math.min(8, Math.max(1, digits - Math.max(1, Math.floor(Math.log10(most)) + 1)))
  return (value) =>
    !Number.isFinite(value)
      ? nameOf(value)
      : value !== 0 && Math.abs(value) < 10 ** -decimals
        ? shortNumber(value)
        : grouped(value, decimals)
}

const minus = (text: string): string => text.replace('-', '−')
const grouped = (value: number, decimals: number): string =>
  minus(value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }))

/** One number by itself. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return nameOf(value)
  const size = Math.abs(value)
  if (value === 0) return '0'
  if (size >= 1e9 || size < 1e-4) return minus(value.toExponential(3).replace('e+', 'e'))
  return minus(value.toLocaleString('en-US', { maximumSignificantDigits: size >= 1e5 ? 9 : digits }))
}

export const count = (value: number): string => value.toLocaleString('en-US')

/** `1 run`, `2 runs`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

export function duration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '–'
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
}

/** Latencies: three digits are what their measurement is good for. */
export const milliseconds = (value: number | null): string =>
  value === null
    ? '–'
    : value >= 1000
      ? `${(value / 1000).toPrecision(3)} s`
      : `${Number(value.toPrecision(3))} ms`

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${Number((value / 1024 ** power).toPrecision(3))} ${units[power]!}`
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const steps = [
  [60, 'second', 1],
  [3600, 'minute', 60],
  [86_400, 'hour', 3600],
  [86_400 * 30, 'day', 86_400],
  [86_400 * 365, 'month', 86_400 * 30],
] as const

/** `3 min. ago`. */
export function ago(time: number, now: number): string {
  const seconds = (time - now) / 1000
  if (Math.abs(seconds) < 5) return 'just now'
  const [, unit, size] = steps.find(([limit]) => Math.abs(seconds) < limit) ?? [0, 'year', 86_400 * 365]
  return relative.format(Math.round(seconds / size), unit)
}

/** To the second, in the zone of who reads. */
export const exactTime = (time: number): string =>
  new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

export const percent = (share: number): string =>
  `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`

/** Metrics with more than a number behind the dot in the middle are cut in the middle, where names differ least. */
export const middleCut = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text.slice(0, Math.ceil(most / 2) - 1)}…${text.slice(-Math.floor(most / 2))}`
