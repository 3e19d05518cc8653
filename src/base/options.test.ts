import { describe, expect, it } from 'vitest'
import {
  custom,
  defineOptions,
  flag,
  integer,
  InvalidOptionError,
  names,
  nullable,
  oneOf,
  real,
  text,
} from './index.js'

interface Options {
  readonly alpha: number
  readonly rounds: number | null
  readonly solver: 'fast' | 'exact'
  readonly verbose: boolean
  readonly columns: readonly string[]
  readonly title: string
}

const options = defineOptions<Options>({
  alpha: real({ min: 0, max: 1, exclusive: true, default: 0.5 }),
  rounds: nullable(integer({ min: 1, default: 10 })),
  solver: oneOf(['fast', 'exact'], { default: 'fast' }),
  verbose: flag({ default: false }),
  columns: names({ default: [] }),
  title: text({ default: '' }),
})

describe('defineOptions', () => {
  it('fills in defaults, keeps what is given, and freezes', () => {
    const parsed = options.parse('thing', { alpha: 0.1, rounds: undefined } as never)
    expect(parsed).toEqual({
      alpha: 0.1,
      rounds: null,
      solver: 'fast',
      verbose: false,
      columns: [],
      title: '',
    })
    expect(Object.isFrozen(parsed)).toBe(true)
    expect(options.parse('thing', { rounds: 3 }).rounds).toBe(3)
  })

  it.each([
    [{ alpha: 1 }, "thing: option 'alpha' must be a number strictly between 0 and 1; received 1."],
    [{ alpha: Number.NaN }, "thing: option 'alpha' must be a number strictly between 0 and 1; received NaN."],
    [{ rounds: 1.5 }, "thing: option 'rounds' must be a whole number of at least 1, or null; received 1.5."],
    [{ solver: 'slow' }, "thing: option 'solver' must be one of 'fast', 'exact'; received 'slow'."],
    [{ verbose: 1 }, "thing: option 'verbose' must be true or false; received 1."],
    [{ columns: [1] }, "thing: option 'columns' must be a list of strings; received [1]."],
    [{ title: 3 }, "thing: option 'title' must be a string; received 3."],
    [{ alhpa: 1 }, "thing: there is no option 'alhpa'. Did you mean 'alpha'?"],
  ])('refuses %j with a sentence', (given, message) => {
    const parse = (): unknown => options.parse('thing', given as never)
    expect(parse).toThrow(message)
    expect(parse).toThrow(InvalidOptionError)
  })

  it('says ranges with one end, and none at all', () => {
    const open = defineOptions<{ a: number; b: number; c: number }>({
      a: real({ min: 0, exclusive: true, default: 1 }),
      b: real({ max: 9, default: 1 }),
      c: custom<number>({
        default: 2,
        expected: 'an even number',
        accepts: (value) => Number(value) % 2 === 0,
      }),
    })
    expect(() => open.parse('t', { a: 0 })).toThrow('a number greater than 0')
    expect(() => open.parse('t', { b: 10 })).toThrow('a number of at most 9')
    expect(() => open.parse('t', { c: 3 })).toThrow('an even number')
    expect(() => defineOptions<object>({}).parse('t', { x: 1 } as never)).toThrow('It takes no options.')
  })
})
