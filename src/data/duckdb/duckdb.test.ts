import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  duckdbVersion,
  engineError,
  isValid,
  numbersOf,
  queryChunks,
  queryNames,
  queryRows,
  quoteName,
  quoteText,
  quoteTexts,
  stringCoder,
  textsOf,
} from './index.js'

const subject = 'The test'

/** Texts through the engine and back, as codes and dictionary. */
async function code(texts: readonly (string | null)[]): Promise<(string | null)[]> {
  const coder = stringCoder()
  const codes = new Int32Array(texts.length)
  let at = 0
  const list = texts.map((text) => (text === null ? 'NULL' : quoteText(text))).join(', ')
  for await (const chunk of queryChunks(`select unnest([${list}]::VARCHAR[])`, { subject })) {
    coder.code(textsOf(chunk, 0), chunk.rowCount, { codes, at })
    at += chunk.rowCount
  }
  expect(new Set(coder.dictionary).size).toBe(coder.dictionary.length)
  return Array.from(codes, (number) => (number < 0 ? null : coder.dictionary[number]!))
}

describe('the typed vectors that the package hides', () => {
  it('hold numbers and which of them are valid', async () => {
    const sql = 'select case when i % 3 <> 0 then i::DOUBLE end as x, i::DOUBLE as y from range(5000) r(i)'
    let row = 0
    for await (const chunk of queryChunks(sql, { subject })) {
      const x = numbersOf(chunk, 0)
      const y = numbersOf(chunk, 1)
      for (let i = 0; i < chunk.rowCount; i++, row++) {
        expect(isValid(x.validity!, i)).toBe(row % 3 !== 0)
        if (row % 3 !== 0) expect(x.items[i]).toBe(row)
        expect(y.items[i]).toBe(row)
      }
      expect(y.validity).toBeUndefined()
    }
    expect(row).toBe(5000)
  })

  it('hold texts, short and long', async () => {
    // No NUL: the engine's literals end there.
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { minLength: 1, maxLength: 50 }), async (texts) => {
        expect(await code(texts)).toEqual(texts)
      }),
      { numRuns: 30 },
    )
  })
})

describe('stringCoder', () => {
  it('keeps apart what differs in the last byte, at and around twelve bytes, and grows', async () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `${'é'.repeat(i % 7)}${i}`)
    expect(await code([...texts, ...texts])).toEqual([...texts, ...texts])
    const edges = ['twelve bytes', 'twelve byteS', 'thirteen byte', 'thirteen bytE', 'a', 'b', '', 'a\u0001']
    expect(await code(edges)).toEqual(edges)
  })
})

describe('SQL text', () => {
  it('carries any name and text', async () => {
    const nasty = `a"b'c; drop table x --`
    const [row] = await queryRows(
      `select ${quoteText(nasty)} as ${quoteName(nasty)}, ${quoteTexts([nasty])}[1]`,
      { subject },
    )
    expect(row).toEqual([nasty, nasty])
    expect(await queryNames(`select 1 as ${quoteName(nasty)}, 2 as a, 3 as a`, { subject })).toEqual([
      nasty,
      'a',
      'a',
    ])
  })

  it('takes parameters, and says its version', async () => {
    expect(await queryRows('select ? || ?', { subject, parameters: ['x', "'y"] })).toEqual([["x'y"]])
    expect(await duckdbVersion()).toMatch(/^v1\./)
  })
})

describe('the engine', () => {
  it('stops on an abort', async () => {
    const stop = new AbortController()
    const chunks = queryChunks('from range(100000000)', { subject, signal: stop.signal })
    await chunks.next()
    stop.abort(new Error('enough'))
    await expect(chunks.next()).rejects.toThrow('enough')
  })

  it('tells an error in the middle of a stream, which looks like its end', async () => {
    const drain = async (): Promise<number> => {
      let rows = 0
      const sql =
        "select case when i = 900000 then error('far down') else i end as x from range(1000000) r(i)"
      for await (const chunk of queryChunks(sql, { subject })) rows += chunk.rowCount
      return rows
    }
    await expect(drain()).rejects.toThrow('far down')
  })

  it('speaks our words: classes by what went wrong, and no error of ours is wrapped', () => {
    const named = (message: string): string => (engineError(new Error(message), subject) as Error).name
    expect(named('IO Error: No files found that match the pattern "x"')).toBe('NotFoundError')
    expect(named('Missing Extension Error: File http://x requires the extension httpfs to be loaded')).toBe(
      'UsageError',
    )
    expect(named("Invalid Input Error: File 'x' too small to be a Parquet file")).toBe('FormatError')
    expect(named('Out of Memory Error: failed to allocate')).toBe('StorageError')
    expect(named('Something else')).toBe('DataError')
    const own = new RangeError('x')
    expect(engineError(own, subject)).toMatchObject({ cause: own })
  })
})
