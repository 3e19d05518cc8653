// Instants as the parts of calendar and clock that learners can use.
import { custom, defineOptions, flag } from '../../base/index.js'
import { type NumberArray, numberColumn, table } from '../../data/index.js'
import { concat, div, type GraphBuilder, mul, sub, type Value } from '../../engine/onnx/index.js'
import { defineTransformer, tensorColumns, uniqueNames } from '../contracts/index.js'
import { type Calendar, calendar, calendarInGraph } from './calendar.js'
import { allNumbers, mapEach, numbersOf } from './number-columns.js'

/** A part of an instant. */
export type DatePart =
  | 'year'
  | 'month'
  | 'day'
  | 'day-of-week'
  | 'day-of-year'
  | 'hour'
  | 'minute'
  | 'elapsed-days'

const allParts: readonly DatePart[] = [
  'year',
  'month',
  'day',
  'day-of-week',
  'day-of-year',
  'hour',
  'minute',
  'elapsed-days',
]

/** Options of {@link dateParts}. */
export interface DatePartsOptions {
  /** Which parts; those that are the same in all training rows are left out. @default all of them */
  readonly parts: readonly DatePart[]
  /** Add the sine and cosine of the parts that go around, so that December lies beside January. @default false */
  readonly cyclic: boolean
}

interface Source {
  /** The least training value in ms. */
  readonly start: number
  readonly parts: readonly DatePart[]
}

interface PartsState {
  readonly sources: readonly Source[]
  readonly names: readonly string[]
}

/** How far it is once around. A month may have fewer days, and a year a day more: close enough for a circle. */
const periods: { readonly [Part in DatePart]?: number } = {
  month: 12,
  day: 31,
  'day-of-week': 7,
  'day-of-year': 365.25,
  hour: 24,
  minute: 60,
}

const msPerDay = 86_400_000

/**
 * Takes timestamps apart, in UTC: year, month (1–12), day (1–31), day of the week (0 = Monday), day of the year (1–366),
 * hour, minute, and the days elapsed since the first training row.
 *
 * Parts that do not vary in training are left out; where none varies, the elapsed days stay. With `cyclic` each part p
 * of period T adds sin(2π·p/T) and cos(2π·p/T). Missing values stay missing.
 *
 * Exact in float64 for all instants that a Date can hold. Cost: O(n · parts).
 *
 * @param options - see {@link DatePartsOptions}
 * @returns a transformer of timestamp columns
 * @example
 * ```ts
 * const parts = await dateParts({ parts: ['month', 'day-of-week'] }).fit([
 *   { sold: new Date('2024-02-29') },
 *   { sold: new Date('2024-03-01') },
 * ])
 * parts.apply(fromRows([{ sold: new Date('2025-12-25') }])).toRows() // => [{ sold_month: 12, 'sold_day-of-week': 3 }]
 * ```
 */
export const dateParts = defineTransformer<DatePartsOptions, PartsState>({
  kind: 'date-parts',
  options: defineOptions<DatePartsOptions>({
    parts: custom<readonly DatePart[]>({
      default: allParts,
      expected: `a list of at least one of ${allParts.map((part) => `'${part}'`).join(', ')}`,
      accepts: (value) =>
        Array.isArray(value) && value.length > 0 && value.every((part) => allParts.includes(part)),
    }),
    cyclic: flag({ default: false }),
  }),
  accepts: ['timestamp'],
  fit({ x }, { parts, cyclic }) {
    const sources = allNumbers(x).map((values) => sourceOf(values, parts))
    return { sources, names: outputNames(x.names, sources, cyclic) }
  },
  outputs: ({ names }) => names,
  apply({ sources, names }, x, { cyclic }) {
    const values = x.names.flatMap((name, j) => {
      const ms = numbersOf(x.col(name))
      return sources[j]!.parts.flatMap((part) =>
        withCircle(partOf(ms, part, sources[j]!.start), part, cyclic),
      )
    })
    return table(new Map(names.map((name, j) => [name, numberColumn(values[j]!)])))
  },
  compileRow:
    ({ sources }, { cyclic }) =>
    (row) =>
      row.flatMap((value, j) => {
        const { start, parts } = sources[j]!
        const ms = Float64Array.of(Number(value))
        return parts.flatMap((part) =>
          withCircle(partOf(ms, part, start), part, cyclic).map(([only]) => only!),
        )
      }),
  toGraph({ sources, names }, x, { cyclic }) {
    const { graph } = x
    const values = x.names.flatMap((name, j) =>
      partsInGraph(graph, x.single(name), { ...sources[j]!, cyclic }),
    )
    return tensorColumns(graph, concat(graph, values), names)
  },
})

function sourceOf(values: NumberArray, wanted: readonly DatePart[]): Source {
  let start = Infinity
  for (let row = 0; row < values.length; row++) if (values[row]! < start) start = values[row]!
  if (start === Infinity) start = 0
  const varying = wanted.filter((part) => varies(partOf(values, part, start)))
  return { start, parts: varying.length > 0 ? varying : ['elapsed-days'] }
}

function varies(values: Float64Array): boolean {
  const first = values.find((value) => !Number.isNaN(value))
  return values.some((value) => !Number.isNaN(value) && value !== first)
}

function outputNames(columns: readonly string[], sources: readonly Source[], cyclic: boolean): string[] {
  return uniqueNames(
    columns.flatMap((name, j) =>
      sources[j]!.parts.flatMap((part) => {
        const own = `${name}_${part}`
        return cyclic && periods[part] !== undefined ? [own, `${own}_sin`, `${own}_cos`] : [own]
      }),
    ),
  )
}

const fields: { readonly [Part in DatePart]?: keyof Calendar<unknown> } = {
  year: 'year',
  month: 'month',
  day: 'day',
  'day-of-week': 'dayOfWeek',
  'day-of-year': 'dayOfYear',
  hour: 'hour',
  minute: 'minute',
}

function partOf(ms: NumberArray, part: DatePart, start: number): Float64Array {
  const field = fields[part]
  if (field === undefined) return mapEach(ms, (value) => (value - start) / msPerDay)
  return mapEach(ms, (value) => calendar(value)[field])
}

function withCircle(values: Float64Array, part: DatePart, cyclic: boolean): Float64Array[] {
  const period = cyclic ? periods[part] : undefined
  if (period === undefined) return [values]
  const turn = (2 * Math.PI) / period
  return [
    values,
    values.map((value) => Math.sin(value * turn)),
    values.map((value) => Math.cos(value * turn)),
  ]
}

function partsInGraph(
  graph: GraphBuilder,
  ms: Value,
  { start, parts, cyclic }: Source & { readonly cyclic: boolean },
): Value[] {
  const whole = calendarInGraph(graph, ms)
  return parts.flatMap((part) => {
    const field = fields[part]
    const value = field === undefined ? div(graph, sub(graph, ms, start), msPerDay) : whole[field]
    const period = cyclic ? periods[part] : undefined
    if (period === undefined) return [value]
    const angle = mul(graph, value, (2 * Math.PI) / period)
    return [value, ...['Sin', 'Cos'].map((circle) => graph.node(circle, [angle], {}, { type: 'float64' }))]
  })
}
