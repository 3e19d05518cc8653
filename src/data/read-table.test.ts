import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError, type WorkEvent } from '../base/index.js'
import { contentHash } from './content-hash.js'
import { queryRows } from './duckdb/index.js'
import { readTable, type ReadOptions } from './read-table.js'
import type { Table } from './table.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-read-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function read(
  source: string,
  options: ReadOptions = {},
): Promise<{ table: Table; warnings: readonly string[] }> {
  const warnings: string[] = []
  const onEvent = (event: WorkEvent): void => {
    if (event.type === 'warning') warnings.push(event.code)
  }
  return { table: await readTable(source, { ...options, onEvent }), warnings }
}

const types = (table: Table): string => table.fields.map(({ type }) => type).join(' ')

it('takes no option that it does not know', async () => {
  const options: object = { column: ['a'] }
  await expect(readTable('a.csv', options)).rejects.toThrow(
    "readTable: there is no option 'column'. Did you mean 'columns'?",
  )
})

describe('readTable on good files', () => {
  it('reads numbers, booleans, dates, codes and texts as a person would', async () => {
    const path = file(
      'kinds.csv',
      'age,charges,zip,yes,day,city,pct\n31,29.85,01234,Yes,2013-01-31,Oslo,12%\n42, ,00042,No,2013-02-01,Bern,7.5%\n',
    )
    const { table, warnings } = await read(path)
    expect(types(table)).toBe('number number string boolean timestamp string number')
    expect(table.row(1)).toEqual({
      age: 42,
      charges: null,
      zip: '00042',
      yes: false,
      day: new Date('2013-02-01T00:00:00Z'),
      city: 'Bern',
      pct: 7.5,
    })
    expect(table.fields[3]).toEqual({ name: 'yes', type: 'boolean', labels: ['No', 'Yes'] })
    expect(table.fields[4]?.format).toBe('iso')
    expect(warnings).toEqual([])
  })

  it('reads commas between semicolons as before decimals', async () => {
    const { table, warnings } = await read(file('comma.csv', 'a;b;c\n0,880;1,234;p\n0,159;2,500;q\n'))
    expect(table.row(0)).toEqual({ a: 0.88, b: 1.234, c: 'p' })
    expect(warnings).toEqual(['ambiguous-number'])
  })

  it('reads the same values from CSV, TSV, gzip, semicolons, JSON lines and a byte order mark', async () => {
    const csv = 'a,b\n1,x\n2,\n'
    const sources = [
      file('same.csv', csv),
      file('same.tsv', csv.replaceAll(',', '\t')),
      file('semicolon.csv', csv.replaceAll(',', ';')),
      file('same.csv.gz', gzipSync(csv)),
      file('no-extension', gzipSync(csv)),
      file('mark.csv', `\ufeff${csv}`),
      file('windows.csv', csv.replaceAll('\n', '\r\n')),
      file('sixteen.csv', Buffer.from(`\ufeff${csv}`, 'utf16le')),
      file('same.jsonl', '{"a":1,"b":"x"}\n{"a":2,"b":null}\n'),
      file('same.json', '[{"a":1,"b":"x"},{"a":2}]'),
    ]
    for (const source of sources) {
      const { table } = await read(source)
      expect(table.toRows(), source).toEqual([
        { a: 1, b: 'x' },
        { a: 2, b: null },
      ])
    }
  })

  it('keeps the text of columns that are data as they stand, and cleans the others', async () => {
    const path = file('verbatim.csv', 'code,name,size,paid\nNA,NA,1,yes\n 01 ,"  Bo",NA,no\n,?,3,\n')
    const { table } = await read(path, { verbatim: ['code', 'elsewhere'] })
    expect(table.toRows()).toEqual([
      { code: 'NA', name: null, size: 1, paid: true },
      { code: ' 01 ', name: 'Bo', size: null, paid: false },
      { code: null, name: null, size: 3, paid: null },
    ])
    expect((await readTable(path, { fields: table.fields })).toRows()).toEqual(table.toRows())
    const sql = 'select code, size * 2 as twice from source'
    expect((await readTable(path, { sql, verbatim: ['code'] })).toRows()).toEqual([
      { code: 'NA', twice: 2 },
      { code: ' 01 ', twice: null },
      { code: null, twice: 6 },
    ])
  })

  it('keeps text so in long files, where words come late among numbers too', async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `${i},${['NA', 'x '][i % 2]!}`)
    lines[50_000] = 'n.k.,NA'
    const path = file('verbatim-long.csv', `n,code\n${lines.join('\n')}\n`)
    const { table, warnings } = await read(path, { verbatim: ['code'] })
    expect([table.row(50_000), table.row(1)]).toEqual([
      { n: null, code: 'NA' },
      { n: 1, code: 'x ' },
    ])
    expect(warnings).toEqual(['words-among-values'])
  })

  it('reads a field of mixed JSON values as a CSV would', async () => {
    const lines = (values: readonly unknown[]): string => values.map((a) => JSON.stringify({ a })).join('\n')
    const { table } = await read(file('mixed.jsonl', lines([1.5, '', 2, 'NA', null])))
    expect(table.toRows()).toEqual([{ a: 1.5 }, { a: null }, { a: 2 }, { a: null }, { a: null }])
    const words = await readTable(file('words.jsonl', lines([true, 'say "x"', 7, { b: [1] }, 'tea'])))
    expect(words.toRows().map(({ a }) => a)).toEqual(['true', 'say "x"', '7', '{"b":[1]}', 'tea'])
    const sql = `select a from '${join(folder, 'mixed.jsonl')}'`
    expect((await readTable(undefined, { sql })).col('a').type).toBe('number')
  })

  it('selects columns, reads globs in the order of names, and answers queries', async () => {
    file('part-2.csv', 'a,b\n3,z\n')
    file('part-1.csv', 'a,b\n1,x\n2,y\n')
    const { table } = await read(join(folder, 'part-*.csv'), { columns: ['b'] })
    expect(table.toRows().map(({ b }) => b)).toEqual(['x', 'y', 'z'])
    const sql = `select b, a * 2 as c from '${join(folder, 'part-1.csv')}' where a > 1;`
    expect((await readTable(undefined, { sql })).toRows()).toEqual([{ b: 'y', c: 4 }])
    await expect(
      readTable(join(folder, 'part-1.csv'), { sql: "select 1 as one, 'source' as text" }),
    ).rejects.toThrow(/The query does not use the source '.*part-1\.csv', which it calls source/)
    const over = await readTable(join(folder, 'part-1.csv'), { sql: 'select count(*) as n from source' })
    expect(over.row(0)).toEqual({ n: 2 })
  })

  it('reads all of the engine’s types', async () => {
    const sql = `select 1::TINYINT as i8, 2::UBIGINT as u64, 3::HUGEINT as i128, 1.5::DECIMAL(9,2) as dec, 0.5::FLOAT as f,
      true as b, DATE '2020-02-29' as d, TIMESTAMP '2020-01-01 12:00:00.5' as ts, TIMESTAMPTZ '2020-01-01 12:00:00+02' as tz,
      TIME '10:11:12' as t, 'x'::ENUM('x', 'y') as e, [1, 2] as l, {'k': 'v'} as s, NULL as n,
      '6f9619ff-8b86-d011-b42d-00c04fc964ff'::UUID as u`
    const warnings: string[] = []
    const table = await readTable(undefined, {
      sql,
      onEvent: (event) => event.type === 'warning' && warnings.push(event.code),
    })
    expect(table.row(0)).toEqual({
      i8: 1,
      u64: 2,
      i128: 3,
      dec: 1.5,
      f: 0.5,
      b: true,
      d: new Date('2020-02-29'),
      ts: new Date('2020-01-01T12:00:00.500Z'),
      tz: new Date('2020-01-01T10:00:00Z'),
      t: '10:11:12',
      e: 'x',
      l: '[1,2]',
      s: '{"k":"v"}',
      n: null,
      u: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
    })
    expect(warnings).toEqual(['nested', 'nested'])
  })
})

describe('readTable beyond the first rows', () => {
  const rows = 30_000

  it('reads a column as text when words come late, and finds the numbers again where they are few', async () => {
    const lines = Array.from(
      { length: rows },
      (_, i) => `${i},${i === 29_000 ? 'unknown' : i / 4},${i > 25_000 ? `k${i}` : i}`,
    )
    const { table, warnings } = await read(file('late.csv', `a,b,c\n${lines.join('\n')}\n`))
    expect(types(table)).toBe('number number string')
    expect(table.row(29_000)).toEqual({ a: 29_000, b: null, c: 'k29000' })
    expect(warnings).toEqual(['words-among-values'])
  })

  it('reads the same whatever the number of threads', async () => {
    const lines = Array.from({ length: rows }, (_, i) => `${i},${i % 7 === 0 ? '' : `k${i % 90}`},${i / 8}`)
    const path = file('threads.csv', `a,b,c\n${lines.join('\n')}\n`)
    const hashes = new Set<string>()
    for (const threads of [1, 2, 5, availableParallelism()]) {
      await queryRows(`set threads = ${threads}`, { subject: 'The test' })
      hashes.add(contentHash(await readTable(path)))
    }
    expect(hashes.size).toBe(1)
  })

  it('keeps the order of rows and whole numbers beyond 2^53 apart', async () => {
    const lines = Array.from(
      { length: rows },
      (_, i) => `${i},${i < 29_000 ? i : 9007199254740992n + BigInt(i)}`,
    )
    const { table, warnings } = await read(file('wide.csv', `a,id\n${lines.join('\n')}\n`))
    expect(table.col('a').at(23_456)).toBe(23_456)
    expect(table.col('id').at(29_999)).toBe('9007199254770991')
    expect(warnings).toEqual(['large-integers'])
    const { table: query } = await read('', { sql: 'select 9007199254740993::BIGINT as id' })
    expect(query.row(0)).toEqual({ id: '9007199254740993' })
  })
})

describe('readTable on bad input', () => {
  const refusals: readonly (readonly [string, () => string, RegExp, ReadOptions?])[] = [
    ['no file', () => join(folder, 'none.csv'), /There is no file/],
    ['a folder', () => folder, /is a folder, expected a file/],
    ['a glob without match', () => join(folder, 'zzz*.csv'), /No file matches/],
    ['an empty file', () => file('empty.csv', ''), /is empty/],
    ['a header only', () => file('header.csv', 'a,b\n'), /no rows/],
    ['ragged rows', () => file('ragged.csv', 'a,b\n1,2\n3\n'), /line 3 has 1 values, expected 2/],
    ['duplicate names', () => file('twice.csv', 'a,b,a\n1,2,3\n'), /more than one column is named 'a'/],
    ['empty names', () => file('unnamed.csv', 'a,,c\n1,2,3\n'), /column 2 of 3 has no name/],
    [
      'Latin-1',
      () => file('latin.csv', Buffer.from('a,b\n1,café\n', 'latin1')),
      /not UTF-8.*encoding: 'latin-1'/,
    ],
    [
      'Latin-1 far down',
      () => file('late-latin.csv', Buffer.from(`a,b\n${'1,x\n'.repeat(400_000)}1,café\n`, 'latin1')),
      /line 400002 is not UTF-8/,
    ],
    [
      'a quote that stays open far down',
      () => file('late-quote.csv', `a,b\n${'1,x\n'.repeat(400_000)}1,"2\n`),
      /quote .* opens in line 400002/,
    ],
    ['text after a closing quote', () => file('after-quote.csv', 'a,b\n1,"x"y\n2,z\n'), /quote/],
    ['an open quote', () => file('quote.csv', 'a,b\n1,"2\n3,4\n'), /quote .* never closed/],
    [
      'a cut gzip file',
      () => file('cut.csv.gz', gzipSync('a,b\n'.repeat(9999)).subarray(0, 60)),
      /damaged or cut off/,
    ],
    ['a cut Parquet file', () => file('cut.parquet', 'PAR1 and no more'), /Parquet/],
    ['the network', () => 'https://example.org/a.csv', /Download the file first/],
    ['a spreadsheet', () => file('a.xlsx', 'PK'), /Save it as CSV/],
    ['broken JSON', () => file('broken.json', '[{"a": 1}, {"a":'), /JSON/],
    ['a wrong query', () => '', /query is not valid/, { sql: 'selec 1' }],
    ['a query that repeats names', () => '', /more than one column is named 'a'/, { sql: 'select 1 a, 2 a' }],
    ['binary values', () => '', /BLOB values/, { sql: "select 'x'::BLOB as image" }],
    [
      'an unknown column',
      () => file('known.csv', 'city,b\nx,2\n'),
      /Did you mean 'city'/,
      { columns: ['citty'] },
    ],
  ]
  for (const [what, source, message, options] of refusals) {
    it(`refuses ${what}`, async () => {
      await expect(readTable(source(), options)).rejects.toThrow(message)
    })
  }

  it('says what is wrong with a query', async () => {
    const source = file('queried.csv', 'a\n1\n')
    for (const [from, sql, message] of [
      [undefined, '', /^The query is empty, expected SQL\. Write one/],
      [source, ' ; \n', /^The query is empty/],
      [undefined, 'select 1 as a; select 2 as b', /holds more than one statement.*Remove what stands behind/],
      [source, 'with x as (select 1 as a) select * from x; select 2', /holds more than one statement/],
    ] as const) {
      await expect(readTable(from, { sql })).rejects.toThrow(UsageError)
      await expect(readTable(from, { sql })).rejects.toThrow(message)
    }
    expect((await readTable(source, { sql: 'select a from source ;\n' })).toRows()).toEqual([{ a: 1 }])
  })

  it('refuses files of different layout in one glob', async () => {
    file('mixed-1.csv', 'a,b\n1,2\n')
    file('mixed-2.csv', 'a,c\n1,2\n')
    await expect(readTable(join(folder, 'mixed-*.csv'))).rejects.toThrow(/missing: 'b'; unexpected: 'c'/)
  })

  it('stops on an abort', async () => {
    await expect(readTable('x.csv', { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
  })
})

describe('readTable on odd input', () => {
  it('reads Latin-1 when told', async () => {
    const path = file('latin-1.csv', Buffer.from('a,b\n1,café\n', 'latin1'))
    expect((await readTable(path, { encoding: 'latin-1' })).row(0)).toEqual({ a: 1, b: 'café' })
  })

  it('reads one row, 5,000 columns, a field of 10 MB and NUL characters', async () => {
    expect((await readTable(file('one.csv', 'a\n1\n'))).toRows()).toEqual([{ a: 1 }])
    const names = Array.from({ length: 5000 }, (_, i) => `c${i}`).join(',')
    const values = Array.from({ length: 5000 }, (_, i) => i).join(',')
    expect((await readTable(file('broad.csv', `${names}\n${values}\n${values}\n`))).col('c4999').at(1)).toBe(
      4999,
    )
    const long = 'z'.repeat(10_000_000)
    expect((await readTable(file('long.csv', `a,b\n1,${long}\n2,y\n`))).col('b').at(0)).toHaveLength(
      long.length,
    )
    const longer = 'y'.repeat(20_000_000)
    expect((await readTable(file('longer.csv', `a,b\n1,${longer}\n2,y\n`))).col('b').at(0)).toHaveLength(
      longer.length,
    )
    expect((await readTable(file('nul.csv', 'a,b\n1,x\0y\n2,z\n'))).col('b').at(0)).toBe('x\0y')
  })

  it('reads infinities as missing, with a warning', async () => {
    const { table, warnings } = await read(file('infinite.csv', 'a,b\ninf,1\n1e999,2\n3,-Infinity\n'))
    expect(table.toRows()).toEqual([
      { a: null, b: 1 },
      { a: null, b: 2 },
      { a: 3, b: null },
    ])
    expect(warnings).toEqual(['not-finite', 'not-finite'])
  })

  it('names the columns of a file without header, with a warning', async () => {
    const { table, warnings } = await read(file('bare.csv', '1,x\n2,y\n3,x\n'))
    expect(table.names).toEqual(['column_1', 'column_2'])
    expect(table.rowCount).toBe(3)
    expect(warnings).toEqual(['no-header'])
  })

  it('takes quotes as characters in files with tabs where they do not pair', async () => {
    const path = file('tabs.tsv', 'label\ttext\nham\t"quoted at first\nspam\tplain\n')
    expect((await readTable(path)).col('text').at(0)).toBe('"quoted at first')
  })
})

const shared = join(import.meta.dirname, '../../../shared/data')
describe.skipIf(!existsSync(shared))('readTable on real files (skipped without ../shared/data)', () => {
  it('reads Telco with TotalCharges as a number with 11 missing', async () => {
    const { table, warnings } = await read(join(shared, 'tabular/telco_churn.csv.gz'))
    const charges = table.col('TotalCharges')
    expect(charges.type).toBe('number')
    expect(
      Array.from({ length: table.rowCount }, (_, i) => charges.at(i)).filter((v) => v === null),
    ).toHaveLength(11)
    expect(table.fields.at(-1)).toEqual({ name: 'Churn', type: 'boolean', labels: ['No', 'Yes'] })
    expect(warnings).toEqual([])
  })
})
