// How people write dates. All are read as UTC unless they carry an offset. One notation holds for a whole column.

export type TimestampFormat =
  | 'iso'
  | 'iso-month'
  | 'ymd-slash'
  | 'dmy-dot'
  | 'mdy-slash'
  | 'dmy-slash'
  | 'dmy-dash'
  | 'month-name'

/** Tried in this order; of month first and day first, the data decide, and month first stands where both fit. */
export const timestampFormats: readonly TimestampFormat[] = [
  'iso',
  'iso-month',
  'ymd-slash',
  'dmy-dot',
  'mdy-slash',
  'dmy-slash',
  'dmy-dash',
  'month-name',
]

const clock =
  /^[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/
const dates: Readonly<Record<Exclude<TimestampFormat, 'month-name' | 'iso-month'>, RegExp>> = {
  iso: /^(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})/,
  'ymd-slash': /^(?<y>\d{4})\/(?<m>\d{1,2})\/(?<d>\d{1,2})/,
  'dmy-dot': /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})/,
  'mdy-slash': /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})/,
  'dmy-slash': /^(?<d>\d{1,2})\/(?<m>\d{1,2})\/(?<y>\d{4})/,
  'dmy-dash': /^(?<d>\d{1,2})-(?<m>\d{1,2})-(?<y>\d{4})/,
}
const monthFirst =
  /^(?:[A-Za-z]{3},?\s+)?(?<m>[A-Za-z]{3,9})\.?\s+(?<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<y>\d{4})/
const dayFirst =
  /^(?:[A-Za-z]{3},?\s+)?(?<d>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?<m>[A-Za-z]{3,9})\.?,?[\s-]+(?<y>\d{4})/
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

/** Milliseconds since 1970 UTC that a text stands for in a notation, or NaN; fractions of milliseconds are kept. */
export function parseTimestamp(text: string, format: TimestampFormat): number {
  if (format === 'iso-month') {
    const match = /^(\d{4})-(\d{2})$/.exec(text)
    return match === null ? Number.NaN : day(Number(match[1]), Number(match[2]), 1)
  }
  const match =
    format === 'month-name' ? (monthFirst.exec(text) ?? dayFirst.exec(text)) : dates[format].exec(text)
  if (match === null) return Number.NaN
  const { y, m, d } = match.groups as Readonly<Record<'y' | 'm' | 'd', string>>
  const month = format === 'month-name' ? monthNumber(m) : Number(m)
  return day(Number(y), month, Number(d)) + timeOfDay(text.slice(match[0].length))
}

function monthNumber(name: string): number {
  const lower = name.toLowerCase()
  return (
    months.findIndex(
      (month) => month === lower || month.slice(0, 3) === lower || (lower === 'sept' && month[0] === 's'),
    ) + 1
  )
}

/** Midnight UTC of a date that exists, otherwise NaN. */
function day(year: number, month: number, date: number): number {
  const ms = Date.UTC(year, month - 1, date)
  const read = new Date(ms)
  // Date.UTC reads the years 0 to 99 as 1900 to 1999; such years are not dates people mean.
  return read.getUTCFullYear() === year && read.getUTCMonth() === month - 1 && read.getUTCDate() === date
    ? ms
    : Number.NaN
}

function timeOfDay(text: string): number {
  if (text === '' || text === 'Z') return 0
  const match = clock.exec(text)
  if (match === null) return Number.NaN
  const [, hour, minute, second = '0', fraction = '', half, zone] = match
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  if (hours > 24 || Number(minute) > 59 || Number(second) > 60) return Number.NaN
  const ms = fraction === '' ? 0 : Number(`0.${fraction}`) * 1000
  return ((hours * 60 + Number(minute)) * 60 + Number(second)) * 1000 + ms - offset(zone)
}

function offset(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000
}
