import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvCells, csvRecord, csvRecords } from './csv.js'
import { longestRecord, recordSplitter } from './split-records.js'

/** Splits a text that comes in pieces of these sizes, in turn. */
function split(text: string, sizes: readonly number[], quotes: boolean): string[] {
  const splitter = recordSplitter({ quotes })
  const found: string[] = []
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = sizes[i % sizes.length]!
    found.push(...splitter.push(text.slice(at, at + size)).map((record) => record.text))
    at += size
  }
  const last = splitter.end()
  return last === undefined ? found : [...found, last.text]
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })

describe('records', () => {
  it('are the same however the text is cut', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ü', '🙂'), maxLength: 8 })
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
        sizes,
        (records, cuts) => {
          const text = records.map((cells) => csvRecord(cells)).join('')
          expect(split(text, cuts, true).map(csvCells)).toEqual(records)
          expect(csvRecords(text).map(csvCells)).toEqual(records)
        },
      ),
    )
  })

  it('of lines end at line ends of both kinds, the last without one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z"]{1,5}$/)),
        fc.constantFrom('\n', '\r\n'),
        sizes,
        (lines, end, cuts) => {
          expect(split(lines.join(end), cuts, false)).toEqual(lines)
        },
      ),
    )
  })

  it('that are too long are told, without their text, and the next is read', () => {
    const splitter = recordSplitter({ quotes: false })
    const long = 'x'.repeat(longestRecord)
    expect(splitter.push(long)).toEqual([])
    expect(splitter.push('y')).toEqual([])
    expect(splitter.push('z\nnext\n')).toEqual([
      { text: '', tooLong: true },
      { text: 'next', tooLong: false },
    ])
    expect(splitter.push(`${long}!\nend`)).toEqual([{ text: '', tooLong: true }])
    expect(splitter.end()).toEqual({ text: 'end', tooLong: false })
    const open = recordSplitter({ quotes: true })
    open.push(`"${long}`)
    expect(open.end()).toEqual({ text: '', tooLong: true })
  })
})

describe('a body', () => {
  it('with a record that is too long is refused, and not answered without it', () => {
    const long = `1,${'x'.repeat(longestRecord)}`
    expect(() => csvRecords(`a,b\n1,2\n${long}\n3,4\n`)).toThrow('characters')
    expect(() => csvRecords(long)).toThrow('characters')
  })

  it('of lines without end is refused while it is split', () => {
    expect(() => csvRecords('\n'.repeat(30_000_000))).toThrow('1000000 lines')
    expect(csvRecords('\n'.repeat(900_000) + 'a,b')).toEqual(['a,b'])
  })
})

describe('cells', () => {
  it.each([
    ['', ['']],
    [',', ['', '']],
    ['a,"b,""c""",', ['a', 'b,"c"', '']],
    ['"two\nlines",1', ['two\nlines', '1']],
  ])('of %j', (record, cells) => {
    expect(csvCells(record)).toEqual(cells)
  })

  it.each(['"open', 'a"b', '"a"b', 'a,"'])('refuses %j', (record) => {
    expect(() => csvCells(record)).toThrow('quote')
  })

  it('are at most a hundred thousand', () => {
    expect(csvCells(','.repeat(99_999))).toHaveLength(100_000)
    expect(() => csvCells(','.repeat(100_000))).toThrow('100000 cells')
  })

  it('are written so that nothing is lost', () => {
    expect(csvRecord([1.5, 'a,b', ' x', true, null, undefined, '"'])).toBe('1.5,"a,b"," x",true,,,""""\n')
  })
})
