import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { booleanColumn, encodeStrings, numberColumn, timestampColumn } from './column.js'
import { contentHash } from './content-hash.js'
import { isMissingText } from './infer/index.js'
import { readTable } from './read-table.js'
import { streamTables } from './stream-tables.js'
import { fromRows, type Table, table } from './table.js'
import { writeTable } from './write-table.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-write-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  // Lone surrogates are not text, missing tokens are missing, outer white space is not part of a value.
  .filter((value) => !/\p{Surrogate}/u.test(value) && !isMissingText(value) && value === value.trim())
const rowsOf = fc.array(
  fc.record({
    // JSON has no −0: where it is made a column, 0 is added.
    number: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: Number.NaN }),
    text: fc.option(text),
    // Milliseconds of the years 1000 to 9999, which ISO writes with four digits.
    time: fc.option(fc.integer({ min: -30610224000000, max: 253402300799999 }), { nil: Number.NaN }),
    flag: fc.constantFrom(0, 1, 255),
  }),
  { minLength: 1, maxLength: 30 },
)
const tables = rowsOf.map((rows) =>
  table({
    number: numberColumn(Float64Array.from(rows, (row) => row.number + 0)),
    'a "text", with quotes': encodeStrings(rows.map((row) => row.text)),
    time: timestampColumn(Float64Array.from(rows, (row) => row.time)),
    flag: booleanColumn(
      Uint8Array.from(rows, (row) => row.flag),
      ['no', 'yes'],
    ),
  }),
)

describe('writeTable', () => {
  for (const ending of ['csv', 'tsv', 'jsonl', 'parquet']) {
    it(`writes .${ending} that reads back equal`, async () => {
      await fc.assert(
        fc.asyncProperty(tables, async (data) => {
          const path = at(`back.${ending}`)
          expect(await writeTable(data, path)).toBe(data.rowCount)
          const back = await readTable(path, { fields: data.fields, header: true })
          expect(back.fields).toEqual(data.fields)
          expect(back.toRows()).toEqual(data.toRows())
          expect(contentHash(back)).toBe(contentHash(data))
        }),
        // Each run writes and reads a file.
        { numRuns: 40 },
      )
    })
  }

  it('writes batches one after the other, and single missing cells', async () => {
    const path = at('single.csv')
    const batches = [fromRows([{ a: 'x' }, { a: null }]), fromRows([{ a: 'y' }])]
    expect(await writeTable(batches, path)).toBe(3)
    expect(readFileSync(path, 'utf8')).toBe('a\nx\n""\ny\n')
    expect((await readTable(path)).toRows()).toEqual([{ a: 'x' }, { a: null }, { a: 'y' }])
  })

  it('leaves nothing behind when it fails', async () => {
    const broken = async function* (): AsyncGenerator<Table> {
      yield fromRows([{ a: 1 }])
      throw new Error('stop')
    }
    for (const name of ['broken.csv', 'broken.parquet']) {
      await expect(writeTable(broken(), at(name))).rejects.toThrow('stop')
    }
    expect(readdirSync(folder).filter((name) => name.includes('broken'))).toEqual([])
    writeFileSync(at('file'), '')
    await expect(writeTable(fromRows([{ a: 1 }]), at('file/x.csv'))).rejects.toThrow(/Could not write/)
    await expect(writeTable(fromRows([{ a: 1 }]), at('x.xls'))).rejects.toThrow(/ends in .csv/)
    const unlike = [fromRows([{ a: 1 }]), fromRows([{ b: 1 }])]
    await expect(writeTable(unlike, at('unlike.csv'))).rejects.toThrow(/same columns/)
    expect(existsSync(at('unlike.csv'))).toBe(false)
  })
})

describe('streamTables', () => {
  const rows = 50_000
  const path = at('stream.csv')
  const lines = Array.from(
    { length: rows },
    (_, i) => `${i},${i === 40_000 ? 'oops' : i / 2},k${i % 7},${i % 2 === 0 ? 'yes' : 'no'}`,
  )
  writeFileSync(path, `i,x,k,b\n${lines.join('\n')}\n`)

  it('yields all rows in order, in tables of the size asked for', async () => {
    const warnings: string[] = []
    const sizes: number[] = []
    let next = 0
    const onEvent = (event: { type: string; code?: string }): void => {
      if (event.type === 'warning') warnings.push(event.code!)
    }
    for await (const batch of streamTables(path, { rows: 8192, onEvent })) {
      sizes.push(batch.rowCount)
      for (let row = 0; row < batch.rowCount; row++, next++) {
        if (batch.col('i').at(row) !== next) expect(batch.col('i').at(row)).toBe(next)
      }
    }
    expect(next).toBe(rows)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8192)
    // The word further down is counted once.
    expect(warnings).toEqual(['not-finite'])
  })

  it('reads in a given schema and carries other columns along', async () => {
    const fields = [
      { name: 'b', type: 'boolean', labels: ['no', 'yes'] },
      { name: 'i', type: 'string' },
    ] as const
    const seen: unknown[] = []
    for await (const batch of streamTables(path, { fields, keep: ['k'], rows: 30_000 }))
      seen.push(batch.row(0), batch.names)
    expect(seen[0]).toEqual({ b: true, i: '0', k: 'k0' })
    expect(seen[1]).toEqual(['b', 'i', 'k'])
    const missing = streamTables(path, { fields: [{ name: 'xx', type: 'number' }] })
    await expect(missing.next()).rejects.toThrow(/lacks 1 of 1 columns: 'xx'/)
  })

  it('stops on an abort and when the reader has had enough', async () => {
    const stop = new AbortController()
    const stream = streamTables(path, { signal: stop.signal, rows: 4096 })
    await stream.next()
    stop.abort(new Error('enough'))
    await expect(stream.next()).rejects.toThrow('enough')
    for await (const batch of streamTables(path, { rows: 4096 })) {
      expect(batch.rowCount).toBeGreaterThan(0)
      break
    }
  })
})
