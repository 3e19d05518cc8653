import { describe, expect, it } from 'vitest'
import {
  countOption,
  defaultOut,
  listOption,
  numberOption,
  refuseContradictions,
  trainOptions,
} from './train-options.js'

const declared = { time: '60s', seed: '0', test: '0.2', task: 'auto', prefer: 'best' }

describe('trainOptions', () => {
  it('turns flags into options', () => {
    const given = { ...declared, target: 'y', time: '2m', drop: ['a'], timeColumn: 'day', threads: '3' }
    expect(trainOptions('data/churn.csv.gz', given)).toMatchObject({
      source: 'data/churn.csv.gz',
      target: 'y',
      time: 120,
      seed: 0,
      test: 0.2,
      drop: ['a'],
      keep: [],
      timeColumn: 'day',
      group: null,
      threads: 3,
      out: 'churn-model',
    })
  })

  it('takes a seed of chance', () => {
    const given = { ...declared, target: 'y', seed: 'random' }
    expect(trainOptions('a.csv', given)).toMatchObject({ seed: 'random' })
  })

  it('asks for what is missing', () => {
    expect(() => trainOptions(undefined, { ...declared, target: 'y' })).toThrow(/give a source .* or --sql/)
    expect(() => trainOptions('a.csv', declared)).toThrow(/give the column to predict with --target/)
  })
})

describe('refuseContradictions', () => {
  const settings = { target: 'y', time: 60, seed: 0, drop: ['a'], header: null, testFile: null }
  const options = { ...declared, recipe: 'bundle' }

  it('lets pass what says the same as the recipe, or nothing of it', () => {
    const same = { ...options, target: 'y', time: '1m', drop: ['a'], out: 'b', threads: '2', json: true }
    const typed = ['recipe', 'target', 'time', 'drop', 'out', 'threads', 'json']
    expect(() => refuseContradictions(same, typed, settings)).not.toThrow()
  })

  it('names what says otherwise', () => {
    const other = { ...options, target: 'z', seed: '0', header: false, testFile: 'f.csv' }
    expect(() => refuseContradictions(other, ['target', 'seed', 'header', 'testFile'], settings)).toThrow(
      "--target, --no-header, --test-file: the recipe of 'bundle' says otherwise",
    )
  })
})

describe('numberOption', () => {
  it('reads numbers and refuses the rest', () => {
    expect(numberOption('--seed', '-7')).toBe(-7)
    expect(numberOption('--test', '1e-1')).toBe(0.1)
    for (const text of ['', ' ', 'x', '1,5', 'NaN', 'Infinity', true, undefined])
      expect(() => numberOption('--seed', text)).toThrow(/--seed: expected a number; received/)
  })

  it('counts from one', () => {
    expect(countOption('--threads', '2')).toBe(2)
    for (const text of ['0', '-1', '1.5'])
      expect(() => countOption('--threads', text)).toThrow(/--threads: expected a whole number from 1/)
  })
})

describe('listOption', () => {
  it.each([
    ['a,b', ['a', 'b']],
    [' a , b c,', ['a', 'b c']],
    ['"a, b",c', ['a, b', 'c']],
    ['"say ""a""", "b"', ['say "a"', 'b']],
    ['5" screen,b', ['5" screen', 'b']],
    ['', []],
  ])('splits %j', (text, names) => expect(listOption(text)).toEqual(names))
})

describe('defaultOut', () => {
  it.each([
    ['churn.csv', 'churn-model'],
    ['some/where/churn.csv.gz', 'churn-model'],
    ['2026.01.report.csv', '2026.01.report-model'],
    ['v1.2', 'v1.2-model'],
    ['.hidden', 'hidden-model'],
    ['part-*.parquet', 'part--model'],
    ['*.csv', 'modelwright-model'],
    ['-', 'modelwright-model'],
    [undefined, 'modelwright-model'],
  ])('names the folder for %j', (source, out) => expect(defaultOut(source)).toBe(out))
})
