// A metric's history thinned out to some points. The index is asked where the history goes on from evenly spread steps; what lies between is
// never read, so that a million points cost what ten thousand do.
import { CompiledQuery } from 'kysely'
import { UsageError } from '../../../base/index.js'
import type { Database } from '../database.js'

/** A row of the table of metrics within one run and key. */
export interface Place {
  readonly step: number
  readonly timestamp: number
  readonly value: number
  readonly is_nan: number
}

/** Which row is sought: the first at or behind the place, the first behind it, the last before it. */
export type Direction = 'from' | 'behind' | 'before'

/** The row next to each place; undefined where there is none. */
export type Seek = (direction: Direction, places: readonly Place[]) => Promise<(Place | undefined)[]>

/** A curve on a wide screen has 4,000 dots. */
const mostPoints = 10_000
/** Each round looks into the gaps that the one before left; steps on a logarithmic scale need about five. */
const mostRounds = 6
/** Another round is not worth its seeks when so much is there. */
const enough = 0.9

/** @throws {@link UsageError} unless it is a whole number between 2 and 10,000 */
export function checkedPoints(points: number): number {
  if (Number.isInteger(points) && points >= 2 && points <= mostPoints) return points
  throw new UsageError(`points is ${points}, expected a whole number between 2 and ${mostPoints}.`, {
    argument: 'points',
  })
}

/** About as many rows as asked for, at most, between and with the two ends, in order. */
export async function spread(seek: Seek, ends: readonly [Place, Place], points: number): Promise<Place[]> {
  const kept = new Map(ends.map((place) => [nameOf(place), place]))
  let gaps: Gap[] = [ends]
  for (let round = 0; round < mostRounds && gaps.length > 0; round++) {
    const open = round === 0 ? [{ gap: ends, within: ends }] : await narrowed(seek, gaps)
    const left = points - kept.size
    if (left <= 0 || kept.size >= points * enough) break
    const found = await seek(
      'from',
      targetsIn(
        open.map(({ within }) => within),
        left,
      ),
    )
    for (const place of found) if (place !== undefined) kept.set(nameOf(place), place)
    gaps = gapsBetween(
      sorted(kept),
      open.map(({ gap }) => gap),
    )
  }
  return sorted(kept)
}

type Gap = readonly [Place, Place]

const nameOf = ({ step, timestamp, value, is_nan }: Place): string =>
  `${step}/${timestamp}/${value}/${is_nan}`

const sorted = (kept: ReadonlyMap<string, Place>): Place[] => [...kept.values()].sort(compare)

export const compare = (a: Place, b: Place): number =>
  a.step - b.step ||
  a.timestamp - b.timestamp ||
  (a.value < b.value ? -1 : a.value > b.value ? 1 : a.is_nan - b.is_nan)

/** Gaps between neighbours, without those that are known to be empty. Both lists are in order. */
function gapsBetween(places: readonly Place[], before: readonly Gap[]): Gap[] {
  let j = 0
  return places.slice(1).flatMap((end, i) => {
    const start = places[i]!
    while (j < before.length && compare(before[j]![1], start) <= 0) j++
    return j < before.length && compare(before[j]![0], start) <= 0 ? [[start, end] as const] : []
  })
}

interface OpenGap {
  readonly gap: Gap
  /** The first and the last row between its ends. */
  readonly within: Gap
}

/** Each gap from the first row within it to the last, without the empty ones. */
async function narrowed(seek: Seek, gaps: readonly Gap[]): Promise<OpenGap[]> {
  const firsts = await seek(
    'behind',
    gaps.map(([start]) => start),
  )
  const lasts = await seek(
    'before',
    gaps.map(([, end]) => end),
  )
  return gaps.flatMap((gap, i) => {
    const [first, last] = [firsts[i], lasts[i]]
    if (first === undefined || last === undefined || compare(first, gap[1]) >= 0) return []
    return [{ gap, within: [first, last] as const }]
  })
}

/** Places evenly spread over the gaps: by step, and by time within one step. */
function targetsIn(gaps: readonly Gap[], count: number): Place[] {
  const chosen = gaps.length <= count ? gaps : everyNth(gaps, count)
  const each = Math.floor(count / Math.max(1, chosen.length))
  return chosen.flatMap(([start, end]) =>
    Array.from({ length: each }, (_, i) => between(start, end, (i + 0.5) / each)),
  )
}

const everyNth = (gaps: readonly Gap[], count: number): Gap[] =>
  Array.from({ length: count }, (_, i) => gaps[Math.floor((i * gaps.length) / count)]!)

function between(start: Place, end: Place, share: number): Place {
  if (compare(start, end) === 0) return start
  const lowest = { value: -Infinity, is_nan: 0 }
  const at = (a: number, b: number): number => Math.ceil(a + (b - a) * share)
  return start.step < end.step
    ? { ...lowest, step: at(start.step, end.step), timestamp: Number.MIN_SAFE_INTEGER }
    : { ...lowest, step: start.step, timestamp: at(start.timestamp, end.timestamp) }
}

const signs = { from: '>=', behind: '>', before: '<' } as const
const columns = 'step, timestamp, value, is_nan'
const backwards = 'step desc, timestamp desc, value desc, is_nan desc'

/** Seeks in the history of one run and key. */
export function seekIn(database: Database, run: number, key: string): Seek {
  return database.dialect === 'sqlite' ? seekOneByOne(database, run, key) : seekAtOnce(database, run, key)
}

/** A prepared statement a place: SQLite answers within microseconds, and has no lateral joins. */
function seekOneByOne({ db }: Database, run: number, key: string): Seek {
  return async (direction, places) => {
    const text = `select ${columns} from metrics where run = ? and key = ? and (${columns}) ${signs[direction]} (?, ?, ?, ?)
      order by ${direction === 'before' ? backwards : columns} limit 1`
    const found: (Place | undefined)[] = []
    for (const { step, timestamp, value, is_nan } of places) {
      const query = CompiledQuery.raw(text, [run, key, step, timestamp, value, is_nan])
      found.push((await db.executeQuery<Place>(query)).rows[0])
    }
    return found
  }
}

/** One statement for all places: Postgres is a round trip away. */
function seekAtOnce({ db }: Database, run: number, key: string): Seek {
  return async (direction, places) => {
    const text = `select m.* from unnest($3::bigint[], $4::bigint[], $5::double precision[], $6::bigint[])
      with ordinality as t(${columns}, place)
      left join lateral (select ${columns} from metrics where run = $1 and key = $2
        and (${columns}) ${signs[direction]} (t.step, t.timestamp, t.value, t.is_nan)
        order by ${direction === 'before' ? backwards : columns} limit 1) m on true order by t.place`
    const lists = [
      places.map(({ step }) => step),
      places.map(({ timestamp }) => timestamp),
      places.map(({ value }) => value),
      places.map(({ is_nan }) => is_nan),
    ]
    const { rows } = await db.executeQuery<Place | { step: null }>(
      CompiledQuery.raw(text, [run, key, ...lists]),
    )
    return rows.map((row) => (row.step === null ? undefined : (row as Place)))
  }
}
