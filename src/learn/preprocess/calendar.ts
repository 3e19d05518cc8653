// The calendar of instants in UTC. One formula serves numbers in memory and values of a graph.
import {
  add,
  cast,
  div,
  equal,
  floor,
  type GraphBuilder,
  lessOrEqual,
  mul,
  sub,
  type Value,
} from '../../engine/onnx/index.js'

/** What calendar and clock say: months and days from 1, days of the week from 0 = Monday, hours 0 to 23. */
export interface Calendar<N> {
  readonly year: N
  readonly month: N
  readonly day: N
  readonly dayOfWeek: N
  readonly dayOfYear: N
  readonly hour: N
  readonly minute: N
}

/** The operations that the calendar needs. */
interface Arithmetic<N> {
  add(a: N, b: N | number): N
  sub(a: N, b: N | number): N
  mul(a: N, b: N | number): N
  /** ⌊a / b⌋: exact in float64 for whole a below 2⁵³, since a quotient lies at least 1/b off the next integer. */
  over(a: N, b: number): N
  /** 1 where a ≤ b, otherwise 0. */
  atMost(a: N, b: number): N
  /** 1 where a = b, otherwise 0. */
  same(a: N, b: N): N
}

const msPerDay = 86_400_000
const msPerHour = 3_600_000
const msPerMinute = 60_000

/**
 * The parts of an instant in milliseconds since 1970 UTC, in the Gregorian calendar.
 *
 * Howard Hinnant's `civil_from_days` (howardhinnant.github.io/date_algorithms.html): years begin on 1 March, so that the
 * leap day comes last, in eras of 400 years.
 */
function calendarOf<N>(o: Arithmetic<N>, ms: N): Calendar<N> {
  const days = o.over(ms, msPerDay)
  const inDay = o.sub(ms, o.mul(days, msPerDay))
  const hour = o.over(inDay, msPerHour)
  const weekday = o.add(days, 3)
  // 719,468 days lie between 1 March of the year 0 and 1970; an era has 146,097.
  const sinceYear0 = o.add(days, 719_468)
  const era = o.over(sinceYear0, 146_097)
  const dayOfEra = o.sub(sinceYear0, o.mul(era, 146_097))
  const yearOfEra = o.over(withoutLeapDays(o, dayOfEra), 365)
  const centuries = o.over(yearOfEra, 100)
  const yearStart = o.sub(o.add(o.mul(yearOfEra, 365), o.over(yearOfEra, 4)), centuries)
  const day = o.sub(dayOfEra, yearStart)
  // 153 days are five months from March on.
  const month = o.over(o.add(o.mul(day, 5), 2), 153)
  const monthStart = o.over(o.add(o.mul(month, 153), 2), 5)
  const afterFebruary = o.atMost(month, 9)
  const year = o.sub(o.add(o.add(yearOfEra, o.mul(era, 400)), 1), afterFebruary)
  return {
    year,
    month: o.add(o.sub(month, 9), o.mul(afterFebruary, 12)),
    day: o.add(o.sub(day, monthStart), 1),
    dayOfWeek: o.sub(weekday, o.mul(o.over(weekday, 7), 7)),
    // 1 January is day 306 from March.
    dayOfYear: o.add(o.sub(day, 305), o.mul(afterFebruary, o.add(leap(o, year), 365))),
    hour,
    minute: o.over(o.sub(inDay, o.mul(hour, msPerHour)), msPerMinute),
  }
}

/** Days of an era less its leap days so far, so that each year has 365. */
function withoutLeapDays<N>(o: Arithmetic<N>, dayOfEra: N): N {
  const everyFour = o.over(dayOfEra, 1460)
  const everyHundred = o.over(dayOfEra, 36_524)
  const everyFourHundred = o.over(dayOfEra, 146_096)
  return o.sub(o.add(o.sub(dayOfEra, everyFour), everyHundred), everyFourHundred)
}

/** 1 in leap years, otherwise 0. */
function leap<N>(o: Arithmetic<N>, year: N): N {
  const divides = (by: number): N => o.same(o.mul(o.over(year, by), by), year)
  return o.add(o.sub(divides(4), divides(100)), divides(400))
}

const numbers: Arithmetic<number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  over: (a, b) => Math.floor(a / b),
  atMost: (a, b) => (a <= b ? 1 : 0),
  same: (a, b) => (a === b ? 1 : 0),
}

/** The calendar of one instant; NaN gives NaN. */
export const calendar = (ms: number): Calendar<number> => calendarOf(numbers, ms)

/** The calendar of every element of a float64 value. */
export function calendarInGraph(g: GraphBuilder, ms: Value): Calendar<Value> {
  return calendarOf<Value>(
    {
      add: (a, b) => add(g, a, b),
      sub: (a, b) => sub(g, a, b),
      mul: (a, b) => mul(g, a, b),
      over: (a, b) => floor(g, div(g, a, b)),
      atMost: (a, b) => cast(g, lessOrEqual(g, a, b), 'float64'),
      same: (a, b) => cast(g, equal(g, a, b), 'float64'),
    },
    ms,
  )
}
