import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../base/index.js'
import { checkExperiment, checkName, checkStep, checkValue, cut, textOf } from './limits.js'

describe('names', () => {
  it.each([
    'loss',
    'val/loss',
    'system/cpu_utilization_percentage',
    'größe',
    'a b',
    'a:b',
    'x'.repeat(250),
    '損失',
  ])('%s may be logged', (name) => expect(checkName('metric', name)).toBe(name))

  it.each<[unknown, string]>([
    ['', 'empty'],
    ['x'.repeat(251), 'too long'],
    ['../../etc/passwd', 'a path out'],
    ['a/../b', 'a path through its parent'],
    ['/a', 'absolute'],
    ['a/', 'ends with a slash'],
    ['a//b', 'has an empty part'],
    ['.', 'the folder itself'],
    ['a\nb', 'has a line break'],
    ['a\0b', 'has a zero'],
    ["a'; drop table runs --", 'has quotes'],
    [undefined, 'missing'],
    [5, 'a number'],
    [{}, 'an object'],
  ])('%s is refused: it is %s', (name) => {
    expect(() => checkName('tag', name)).toThrow(InvalidOptionError)
  })

  it('says what was expected, received, and what to do', () => {
    expect(() => checkName('metric', 'f1 (macro)')).toThrow(
      "log: a metric must have a name of letters, digits, spaces and the signs _ - . : /; received 'f1 (macro)'. Choose a name without other signs.",
    )
  })
})

describe('values', () => {
  it.each([0, -0, NaN, Infinity, -1e308])('%s is a value of a metric', (value) => {
    expect(checkValue('loss', value)).toBe(value)
  })

  it.each(['1', null, undefined, true, 1n, [1]])('%s is none', (value) => {
    expect(() => checkValue('loss', value)).toThrow(/metric 'loss' must be a number/)
  })

  it.each([1.5, NaN, Infinity, 2 ** 53, '1', null])('%s is no step', (step) => {
    expect(() => checkStep(step)).toThrow(/whole number/)
  })

  it('become texts that tell what they were', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const values = [
      'a',
      1,
      -0,
      true,
      null,
      undefined,
      10n,
      [1, 'b'],
      { a: null },
      new Date(0),
      new Date(NaN),
      circle,
    ]
    expect(values.map(textOf)).toEqual([
      'a',
      '1',
      '0',
      'true',
      'null',
      'undefined',
      '10',
      '[1,"b"]',
      '{"a":null}',
      '1970-01-01T00:00:00.000Z',
      'Invalid Date',
      '[object Object]',
    ])
  })

  it('are cut at the limit, whole characters only', () => {
    expect(cut('abc', 3)).toBe('abc')
    expect(cut('abcd', 3)).toBe('abc')
    expect(cut('ab😀', 3)).toBe('ab')
    expect(cut('a😀b', 3)).toBe('a😀')
  })

  it.each(['', ' ', 'x'.repeat(501), null])('%s is no name of an experiment', (name) => {
    expect(() => checkExperiment(name)).toThrow(InvalidOptionError)
  })
})
