import { describe, expect, it } from 'vitest'
import { LimitError } from '../../base/index.js'
import { refuseCostlyJson } from './json-shape.js'
import { readJson } from './mlflow/json.js'

const manyKeys = (count: number): string =>
  `{${Array.from({ length: count }, (_, i) => `"a key ${i}":${i}`).join()}}`

/** A number in the escapes that have one letter. */
const escapes = (value: number): string =>
  [...value.toString(8)].map((digit) => `\\${'nrtbf/"\\'[Number(digit)]!}`).join('')

describe('a body of JSON', () => {
  it('that is large for its rows, its columns or its texts is fine', () => {
    const row = '{"a":[1,2,{"b":null}],"c":"{[{[{["}'
    expect(() => refuseCostlyJson(`[${Array.from({ length: 100_000 }, () => row).join()}]`)).not.toThrow()
    expect(() => refuseCostlyJson(manyKeys(100_000))).not.toThrow()
    expect(() => refuseCostlyJson(`[${`${manyKeys(90_000)},`.repeat(8)}1]`)).not.toThrow()
    expect(() =>
      refuseCostlyJson(JSON.stringify(['[{'.repeat(300_000), '"\\'.repeat(300_000)])),
    ).not.toThrow()
    // No JSON at all: whoever reads it says so.
    expect(() => refuseCostlyJson(']'.repeat(300_000))).not.toThrow()
  })

  it.each([
    ['is nested without end', '{"a":'.repeat(300_000)],
    ['holds what is', `{"a":${'['.repeat(300_000)}`],
    ['is an object of a million keys', manyKeys(1_000_000)],
    // As far as one bit for each can tell them apart.
    ['holds one', `[{"rows":[${manyKeys(110_000)}]}]`],
    [
      'has other keys in each row',
      `[${Array.from({ length: 110_000 }, (_, i) => `{"a key ${i}":1}`).join()}]`,
    ],
    [
      'has other keys in each row, all of escapes',
      `[${Array.from({ length: 110_000 }, (_, i) => `{"${escapes(i)}":1}`).join()}]`,
    ],
    ['is a million lists', `[${'[],'.repeat(1_000_000)}[]]`],
    ['is a million objects', `[${'{},'.repeat(1_000_000)}{}]`],
  ])('that %s is refused', (_, text) => {
    expect(() => refuseCostlyJson(text)).toThrow(LimitError)
  })

  it('that is no JSON is refused at once by MLflow’s routes too, whatever its quotes and length', () => {
    // A pattern that looks for the end of a text again from each quote takes minutes for this one.
    expect(() => readJson('"' + '\\"'.repeat(400_000) + ' NaN')).toThrow('JSON')
    expect(
      readJson(`{"a":${JSON.stringify('x'.repeat(20_000_000))},"b":NaN,"c":-Infinity,"d":"NaN"}`),
    ).toMatchObject({ b: 'NaN', c: '-Infinity', d: 'NaN' })
  })
})
