// Numbers as people read them: few digits, thousands set apart, a true minus.
import type { ScoreInterval, MetricInfo } from './report-data.js'

const MINUS = '\u2212'
/** Between a number and its unit. */
const THIN = '\u202f'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A count: 12,345. */
export const count = (value: number): string => signed(whole.format(value))

/** A measured number with three to four significant digits. */
export function number(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : `${MINUS}∞`
  if (size === 0) return '0'
  if (size >= 1e9 || size < 1e-4) return scientific(value)
  if (size >= 1000) return count(value)
  return signed(String(Number(value.toPrecision(size >= 100 ? 4 : 3))))
}

function scientific(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential(1).split('e')
  const raised = exponent
    .replace('+', '')
    .replace(/[-\d]/g, (letter) => (letter === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(letter)]!))
  return `${signed(digits)} × 10${raised}`
}

const signed = (text: string): string => (/^-[0.]+$/.test(text) ? text.slice(1) : text.replace('-', MINUS))

/** A share of one as percents; small shares keep a digit. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '–'
  const value = 100 * share
  if (value !== 0 && Math.abs(value) < 0.1) return '<\u20600.1%'
  return `${signed(Math.abs(value) >= 9.95 ? value.toFixed(0) : String(Number(value.toFixed(1))))}%`
}

/** A time: 12 ms, 3.4 s, 2 min 5 s. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 1e-3) return `${number(seconds * 1e6)}${THIN}µs`
  if (seconds < 1) return `${number(Number((seconds * 1000).toPrecision(2)))}${THIN}ms`
  if (seconds < 60) return `${Number(seconds.toPrecision(2))}${THIN}s`
  const rounded = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60, rounded % 60]
  return hours > 0
    ? `${hours}${THIN}h ${minutes}${THIN}min`
    : `${minutes}${THIN}min${rest === 0 ? '' : ` ${rest}${THIN}s`}`
}

/** The p-value of a test. */
export const pValue = (value: number): string =>
  value < 0.001 ? 'p\u00a0<\u00a00.001' : `p\u00a0=\u00a0${value.toFixed(value < 0.095 ? 3 : 2)}`

/** Scores of these metrics lie between −1 and 1, so three decimals tell two models apart. */
const BOUNDED =
  /^(roc-auc|pr-auc|accuracy|balanced-accuracy|precision|recall|f1|mcc|kappa|brier|r2|explained-variance|log-loss)/

/** Metrics in the unit of the target. */
const IN_UNIT = /^(rmse|mae|median-ae)$/

/** Whether a metric lies on the common scale of 0 to 1, where more is better. */
export const isShare = ({ name, greaterIsBetter }: MetricInfo): boolean =>
  greaterIsBetter && BOUNDED.test(name) && !/^(mcc|kappa|r2|explained)/.test(name)

/** A score of a metric. */
export function score(metric: MetricInfo, value: number): string {
  if (Number.isNaN(value)) return '–'
  if (metric.name === 'mape') return percent(value)
  return BOUNDED.test(metric.name) && Math.abs(value) < 100 ? signed(value.toFixed(3)) : number(value)
}

/** A score with its unit, where it has one. */
export const scoreWithUnit = (metric: MetricInfo, value: number, unit: string | undefined): string =>
  unit !== undefined && IN_UNIT.test(metric.name)
    ? `${score(metric, value)}\u00a0${unit}`
    : score(metric, value)

/** A difference of scores, with its sign. */
export function scoreChange(metric: MetricInfo, value: number): string {
  const text = score(metric, value)
  return value > 0 ? `+${text}` : text
}

/** What a gain (positive is better) does to the score: errors fall. */
export const gainChange = (metric: MetricInfo, gain: number): string =>
  scoreChange(metric, towards(metric) * gain)

/** The same for the interval of a gain. */
export function gainRange(metric: MetricInfo, { low, high }: Pick<ScoreInterval, 'low' | 'high'>): string {
  const [from, to] = metric.greaterIsBetter ? [low, high] : [-high, -low]
  return `${score(metric, from)} to ${score(metric, to)}`
}

/** The sign of a better score. */
export const towards = (metric: MetricInfo): 1 | -1 => (metric.greaterIsBetter ? 1 : -1)

/** An interval as `low to high`. */
export const range = (metric: MetricInfo, { low, high }: Pick<ScoreInterval, 'low' | 'high'>): string =>
  `${score(metric, low)} to ${score(metric, high)}`

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** A date of an ISO string: 15 January 2026. */
export function date(iso: string): string {
  const [year, month, day] = iso.slice(0, 10).split('-').map(Number)
  const name = MONTHS[(month ?? 0) - 1]
  return name === undefined ? iso : `${day} ${name} ${year}`
}
