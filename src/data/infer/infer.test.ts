import { describe, expect, it } from 'vitest'
import { DataError } from '../../base/index.js'
import { encodeStrings, stringColumn } from '../column.js'
import { type Cell, type Field, fromRows, type Row, table } from '../table.js'
import {
  cellReader,
  conform,
  conformRow,
  type DataWarning,
  inferText,
  parseNumber,
  parseTimestamp,
  rowReader,
} from './index.js'

const infer = (texts: readonly (string | null)[]) => inferText(encodeStrings(texts), 'c')
const values = (texts: readonly (string | null)[]) => {
  const { column } = infer(texts)
  return Array.from({ length: column.length }, (_, i) => column.at(i))
}
const utc = (text: string): Date => new Date(text)

describe('inferText', () => {
  it.each([
    ['plain', ['1', '-2.5', '1e3', '.5', '+7'], [1, -2.5, 1000, 0.5, 7], undefined],
    ['blanks', ['29.85', ' ', null, '?', '108.15'], [29.85, null, null, null, 108.15], undefined],
    ['thousands', ['1,234', '12', '1,234,567.5'], [1234, 12, 1234567.5], 'thousands'],
    ['percent', ['12%', '7.5 %'], [12, 7.5], 'percent'],
    ['currency', ['$1,200.50', '-$3', '€ 4'], [1200.5, -3, 4], 'currency'],
    ['decimal comma', ['1,5', '1.234,25', '3'], [1.5, 1234.25, 3], 'decimal-comma'],
  ])('reads %s numbers', (_, texts, expected, format) => {
    expect(values(texts)).toEqual(expected)
    expect(infer(texts).column.type).toBe('number')
    expect(infer(texts).format).toBe(format)
  })

  it.each([
    ['leading zeros', ['01234', '90210', '00501']],
    ['versions', ['1.2.3', '1.2.4']],
    ['addresses', ['10.0.0.1', '10.0.0.2']],
    ['ranges', ['1-5', '6-10']],
    ['impossible dates', ['31/02/2013', '30/02/2013']],
    ['a lone letter', ['t', 't']],
    ['many words among numbers', ['1', '2', 'three']],
  ])('leaves %s as text', (_, texts) => {
    expect(infer(texts).column.type).toBe('string')
  })

  it('reads yes and no in any spelling, and keeps it', () => {
    for (const [texts, labels] of [
      [
        ['Yes', 'No', 'Yes'],
        ['No', 'Yes'],
      ],
      [['TRUE'], ['FALSE', 'TRUE']],
      [
        ['f', 't'],
        ['f', 't'],
      ],
      [
        ['n', 'y', ''],
        ['n', 'y'],
      ],
    ] as const) {
      const { column } = infer(texts)
      expect(column).toMatchObject({ type: 'boolean', labels })
      expect(column.at(0)).toBe(labels[1] === texts[0])
    }
    expect(infer(['Yes', 'No', 'No service']).column.type).toBe('string')
    expect(infer(['0', '1']).column.type).toBe('number')
  })

  it.each([
    [['2013-01-31', '2013-02-01 14:05'], 'iso', ['2013-01-31', '2013-02-01T14:05Z']],
    [
      ['2013-01-31T10:00:00.250Z', '2013-01-31T10:00:00+02:00'],
      'iso',
      ['2013-01-31T10:00:00.250Z', '2013-01-31T08:00Z'],
    ],
    [['1749-01', '1749-02'], 'iso-month', ['1749-01-01', '1749-02-01']],
    [['2013/01/31'], 'ymd-slash', ['2013-01-31']],
    [['31.12.2013', '1.2.2013 08:30'], 'dmy-dot', ['2013-12-31', '2013-02-01T08:30Z']],
    [['12/31/2013', '1/2/2013 2:05 PM'], 'mdy-slash', ['2013-12-31', '2013-01-02T14:05Z']],
    [['31/12/2013', '1/2/2013'], 'dmy-slash', ['2013-12-31', '2013-02-01']],
    [['31-12-2013'], 'dmy-dash', ['2013-12-31']],
    [
      ['Jan 31, 2013', 'March 1 2013', '5 Sept 2013', '07-Oct-2013'],
      'month-name',
      ['2013-01-31', '2013-03-01', '2013-09-05', '2013-10-07'],
    ],
  ])('reads the dates %j as %s', (texts, format, expected) => {
    expect(infer(texts).format).toBe(format)
    expect(values(texts)).toEqual(expected.map(utc))
  })

  it('says when month and day cannot be told apart', () => {
    const { format, warnings } = infer(['1/2/2013', '3/4/2013'])
    expect(format).toBe('mdy-slash')
    expect(warnings.map(({ code }) => code)).toEqual(['ambiguous-date'])
  })

  it('reads a comma after a zero as one before decimals', () => {
    expect(values(['0,880', '0,159'])).toEqual([0.88, 0.159])
    expect(infer(['0,880', '0,159']).format).toBe('decimal-comma')
    expect(infer(['0,880', '0,159']).warnings).toEqual([])
    expect(values(['0.880,5', '1'])).toEqual(['0.880,5', '1'])
  })

  it('takes commas for thousands, between semicolons for decimals, and says that they may be the other', () => {
    const texts = encodeStrings(['1,234', '5,678', '900'])
    const plain = inferText(texts, 'c')
    expect([plain.column.at(0), plain.format]).toEqual([1234, 'thousands'])
    expect(plain.warnings).toMatchObject([
      { code: 'ambiguous-number', message: expect.stringMatching(/'1,234' can be read as 1234 or as 1.234/) },
    ])
    const semicolons = inferText(texts, 'c', { decimalComma: true })
    expect([semicolons.column.at(0), semicolons.format]).toEqual([1.234, 'decimal-comma'])
    expect(semicolons.warnings).toMatchObject([{ code: 'ambiguous-number' }])
    const clear = inferText(encodeStrings(['1,234,567', '12']), 'c', { decimalComma: true })
    expect([clear.column.at(0), clear.format, clear.warnings]).toEqual([1234567, 'thousands', []])
  })

  it('takes a few words among many numbers as missing, with a warning', () => {
    const { column, warnings } = infer([
      ...Array.from({ length: 40 }, (_, i) => String(i)),
      'unknown',
      'n.k.',
    ])
    expect([column.type, column.at(3), column.at(40)]).toEqual(['number', 3, null])
    expect(warnings[0]).toMatchObject({
      code: 'words-among-values',
      message: expect.stringContaining("2 cells ('unknown', 'n.k.')"),
    })
  })

  it('keeps integers beyond 2^53 apart', () => {
    const { column, warnings } = infer(['9007199254740993', '1'])
    expect([column.at(0), warnings[0]?.code]).toEqual(['9007199254740993', 'large-integers'])
  })

  it('joins texts that differ by outer white space, and reads nothing at all as numbers', () => {
    const { column } = infer(['Oslo', ' Oslo', 'Oslo ', 'NA'])
    expect(column).toMatchObject({ dictionary: ['Oslo'] })
    expect(infer(['', ' ', 'NULL']).column.type).toBe('number')
  })
})

describe('the parsers', () => {
  it('know their edges', () => {
    expect(parseNumber('1e999')).toBe(Infinity)
    expect(parseNumber('-inf')).toBe(-Infinity)
    expect(parseNumber('0')).toBe(0)
    expect(parseNumber('0.5')).toBe(0.5)
    expect(parseNumber('')).toBeNaN()
    expect(parseNumber('1,5', 'thousands')).toBeNaN()
    expect(parseTimestamp('2013-02-29', 'iso')).toBeNaN()
    expect(parseTimestamp('2013-01-01 25:00', 'iso')).toBeNaN()
    expect(parseTimestamp('2013-01-01 12:00 AM', 'iso')).toBe(Date.UTC(2013, 0, 1))
    expect(parseTimestamp('2013-01-01T00:00-0530', 'iso')).toBe(Date.UTC(2013, 0, 1, 5, 30))
  })
})

const fields = [
  { name: 'age', type: 'number' },
  { name: 'paid', type: 'boolean', labels: ['No', 'Yes'] },
  { name: 'day', type: 'timestamp', format: 'dmy-dot' },
  { name: 'zip', type: 'string' },
] as const

describe('conform', () => {
  it('reads retyped, reordered columns, and leaves others out with a warning', () => {
    const warnings: DataWarning[] = []
    const source = fromRows([
      { extra: 1, zip: 1234, day: '31.12.2013', paid: 'Yes', age: '31' },
      { extra: 2, zip: 99, day: '2013-01-02', paid: 'no', age: 'old' },
      { extra: 3, zip: null, day: 'NA', paid: 'perhaps', age: ' ' },
    ])
    const table = conform(source, fields, { onWarning: (warning) => warnings.push(warning) })
    expect(table.fields).toEqual(fields)
    expect(table.toRows()).toEqual([
      { age: 31, paid: true, day: utc('2013-12-31'), zip: '1234' },
      { age: null, paid: false, day: utc('2013-01-02'), zip: '99' },
      { age: null, paid: null, day: null, zip: null },
    ])
    expect(warnings.map(({ code, column }) => `${code} ${column}`)).toEqual([
      'unexpected-columns extra',
      'unreadable-cells age',
      'unreadable-cells paid',
    ])
  })

  it('brings every type to every other where that makes sense', () => {
    const source = fromRows([{ n: 1, b: true, t: utc('2020-01-01'), s: '1' }])
    const as = (name: string, type: 'number' | 'boolean' | 'timestamp' | 'string') =>
      conform(source, [{ name, type }], { ignore: source.names }).col(name).at(0)
    expect([as('n', 'boolean'), as('n', 'string'), as('n', 'timestamp')]).toEqual([true, '1', new Date(1)])
    expect([as('b', 'number'), as('b', 'string')]).toEqual([1, 'true'])
    expect([as('t', 'number'), as('t', 'string')]).toEqual([Date.UTC(2020, 0, 1), '2020-01-01'])
    expect([as('s', 'number'), as('s', 'boolean')]).toEqual([1, true])
    expect(() => as('b', 'timestamp')).toThrow(/nothing that reads as dates/)
  })

  it('keeps the text of verbatim fields, and cleans other text', () => {
    const texts = [' A ', 'NA', '', 'B', 'A']
    const source = fromRows(texts.map((s) => ({ s })))
    const read = (field: Field) => conform(source, [field]).col('s')
    const rows = (field: Field) => texts.map((s) => conformRow({ s }, [field])[0])
    const [given, cleaned]: Field[] = [
      { name: 's', type: 'string', verbatim: true },
      { name: 's', type: 'string' },
    ]
    expect(source.fields).toEqual([given])
    expect(conform(source, [cleaned!]).fields).toEqual([cleaned])
    expect(conform(conform(source, [cleaned!]), [given!]).fields).toEqual([given])
    for (const [field, expected] of [
      [given!, [' A ', 'NA', null, 'B', 'A']],
      [cleaned!, ['A', null, null, 'B', 'A']],
    ] as const) {
      expect(texts.map((_, row) => read(field).at(row))).toEqual(expected)
      expect(rows(field)).toEqual(expected)
    }
    // Engines tell an empty text from null.
    const raw = table({ s: stringColumn(Int32Array.of(0, 1, 2, -1), ['x', '', 'y']) })
    expect(conform(raw, [given!]).toRows()).toEqual([{ s: 'x' }, { s: null }, { s: 'y' }, { s: null }])
  })

  it('names what is missing, and what may be meant', () => {
    const source = fromRows([{ agee: 1, paid: true, zip: 'x' }])
    expect(() => conform(source, fields)).toThrow(
      /lacks 2 of 4 columns: 'age', 'day'\. It has besides: 'agee'\. Did you mean 'agee' for 'age'/,
    )
    expect(conform(source, fields, { optional: ['age', 'day'], ignore: ['agee'] }).names).toEqual([
      'paid',
      'zip',
    ])
  })
})

describe('conformRow', () => {
  it('equals conform, one row at a time', () => {
    const rows = [
      { zip: 1234, day: '31.12.2013', paid: 'Yes', age: '31', extra: 1 },
      { zip: ' 99 ', day: utc('2013-01-02'), paid: false, age: 42n },
      { zip: null, day: 'NA', paid: 1 },
    ]
    const nan = Number.NaN
    expect(rows.map((row) => conformRow(row, fields))).toEqual([
      [31, 1, Date.UTC(2013, 11, 31), '1234'],
      [42, 0, Date.UTC(2013, 0, 2), '99'],
      [nan, 1, nan, null],
    ])
  })

  it('takes infinite numbers and invalid dates for missing, as conform does', () => {
    const none = new Date('never')
    const rows: Row[] = [
      { age: Infinity, day: none, zip: none, paid: none },
      { age: '-inf', day: '', zip: Number.NaN, paid: Number.NaN },
      { age: none, day: Infinity, zip: 'x', paid: true },
      { age: 1, day: Number.NaN, zip: 'y', paid: false },
    ]
    const expected = [
      { age: null, paid: null, day: null, zip: null },
      { age: null, paid: null, day: null, zip: null },
      { age: null, paid: true, day: null, zip: 'x' },
      { age: 1, paid: false, day: null, zip: 'y' },
    ]
    for (const [i, row] of rows.entries()) {
      const read = conformRow(row, fields).map((value) => (Number.isNaN(value) ? null : value))
      const { age, paid, day, zip } = expected[i]!
      expect(read).toEqual([age, paid === null ? null : Number(paid), day, zip])
      expect(conform(fromRows([row]), fields).toRows()).toEqual([expected[i]])
    }
    const warnings: string[] = []
    const ages = (values: Row['age'][]) => fromRows(values.map((age) => ({ age })))
    for (const source of [ages([Infinity, -Infinity, 1]), ages(['inf', '-Infinity', '1'])])
      conform(source, [fields[0]], { onWarning: ({ code, message }) => warnings.push(code, message) })
    const message = "Column 'age': 2 values are not finite numbers; read as missing."
    expect(warnings).toEqual(['not-finite', message, 'not-finite', message])
  })

  it('refuses what cannot be read, by name', () => {
    const read = rowReader(fields)
    expect(() => read({ age: 'old' })).toThrow(/Field 'age' must be a number.*received 'old'/)
    expect(() => read({ paid: 'perhaps' })).toThrow(/'No' or 'Yes'/)
    expect(() => read({ paid: 2 })).toThrow(/'paid'/)
    expect(() => read({ agee: 1 })).toThrow(/none of the model's fields.*Did you mean 'age'/)
  })

  it('gives for it what the caller says, without an error for each cell', () => {
    const cells = (fields as readonly Field[]).map((field) => cellReader(field, ({ name }) => `no ${name}`))
    const read = (name: string, value: Cell) =>
      cells[fields.findIndex((field) => field.name === name)]!(value)
    expect([read('age', 'old'), read('age', '31'), read('paid', 'perhaps')]).toEqual([
      'no age',
      31,
      'no paid',
    ])
    expect(() => read('age', {} as unknown as Cell)).toThrow(DataError)
  })
})
