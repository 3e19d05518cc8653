// Tables for end-to-end tests: small enough to train on in a second, with a signal that any model finds.

export type Cells = readonly (string | number)[]

/** A field as CSV writes it. */
export function csvField(value: string | number): string {
  const text = String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function csv(header: Cells, rows: readonly Cells[]): string {
  return [header, ...rows].map((row) => `${row.map(csvField).join(',')}\n`).join('')
}

/** A whole number below `n` that looks random but depends on `i` alone. */
export const scatter = (i: number, n: number): number => ((i * 2654435761) >>> 8) % n

const cities = ['Oslo', 'Bern', 'Riga']

/** Features of person `i`: a number, a category, yes/no, a date. */
export function person(i: number): Cells {
  const day = String(1 + scatter(i + 7, 28)).padStart(2, '0')
  return [
    20 + scatter(i, 50),
    cities[scatter(i + 1, 3)]!,
    scatter(i + 2, 2) === 1 ? 'yes' : 'no',
    `2024-03-${day}`,
  ]
}

export const personHeader = ['age', 'city', 'member', 'joined'] as const

/** Whether person `i` buys: age decides, with a tenth of exceptions. */
export const buys = (i: number): boolean => scatter(i, 50) > 25 !== (scatter(i + 3, 10) === 0)

export const people = (count: number, target: (i: number) => string | number, name = 'buys'): string =>
  csv(
    [...personHeader, name],
    Array.from({ length: count }, (_, i) => [...person(i), target(i)]),
  )

/** 160 people and whether they buy, Yes or No. */
export const buyers = (count = 160): string => people(count, (i) => (buys(i) ? 'Yes' : 'No'))

/** 160 people and what they spend. */
export const spenders = (count = 160): string =>
  people(count, (i) => (10 + 2 * scatter(i, 50) + scatter(i + 4, 9) / 2).toFixed(1), 'spent')
