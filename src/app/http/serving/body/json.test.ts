import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../../base/index.js'
import { parseJson, parseObject, parseText } from './json.js'

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8')

describe('parseJson', () => {
  it('reads whatever JSON there is, in both ways', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(bytes(text))).toEqual(JSON.parse(text))
        const exact = JSON.stringify(parseJson(bytes(text), { exactIntegers: true }))
        // Only long whole numbers differ, and only by their quotes.
        expect(exact.replace(/"(-?\d{15,})"/g, '$1')).toBe(
          JSON.stringify(JSON.parse(text)).replace(/"(-?\d{15,})"/g, '$1'),
        )
      }),
    )
  })

  it('keeps long whole numbers to the digit, and only those', () => {
    const text =
      '{"a":[9007199254740993,-9223372036854775808,999999999999999,1.2345678901234567,12345678901234567e3],"9007199254740993":"9007199254740993"}'
    expect(parseJson(bytes(text), { exactIntegers: true })).toEqual({
      a: [
        '9007199254740993',
        '-9223372036854775808',
        999999999999999,
        1.2345678901234567,
        12345678901234567e3,
      ],
      '9007199254740993': '9007199254740993',
    })
  })

  it('takes the words of Python for numbers that JSON has not, but not within texts', () => {
    expect(parseJson(bytes('[NaN, -Infinity, Infinity, "NaN \\" Infinity", {"Infinity": 1}]'))).toEqual([
      'NaN',
      '-Infinity',
      'Infinity',
      'NaN " Infinity',
      { Infinity: 1 },
    ])
  })

  it('keeps the sign of zero, and a mark before the text is none of it', () => {
    expect(parseJson(bytes('\uFEFF[-0, 0]'))).toEqual([-0, 0])
    expect(parseText(bytes('\uFEFFa'))).toBe('a')
  })

  it('gives `__proto__` as a key like others', () => {
    const value = parseObject(bytes('{"__proto__": {"polluted": 1}, "constructor": 2}'))
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each([
    ['', 'the body is empty'],
    ['{', 'position 1'],
    ['NaN]', 'JSON'],
    ['{"a": Nan}', 'JSON'],
    ['"' + '\\"'.repeat(200_000) + ' NaN', 'JSON'],
    ['['.repeat(90) + 'NaN', 'JSON'],
  ])('refuses %#', (text, reason) => {
    expect(() => parseJson(bytes(text))).toThrow(UsageError)
    expect(() => parseJson(bytes(text))).toThrow(reason)
    expect(() => parseJson(bytes(text), { exactIntegers: true })).toThrow(UsageError)
  })

  it('refuses what is no UTF-8, rather than to guess', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8')
    expect(() => parseText(Buffer.from([0xff]))).toThrow('not UTF-8')
  })

  it('refuses a million brackets, and reads a hundred thousand', () => {
    const deep = (depth: number) => bytes('['.repeat(depth) + ']'.repeat(depth))
    expect(() => parseJson(deep(1_000_000))).toThrow('100 deep')
    expect(Array.isArray(parseJson(deep(100_000)))).toBe(true)
  })

  it.each(['[1]', '1', 'null', '"text"'])('parseObject refuses %s', (text) => {
    expect(() => parseObject(bytes(text))).toThrow('must be a JSON object')
  })
})
