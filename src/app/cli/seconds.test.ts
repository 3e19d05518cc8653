import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSeconds, parseSeconds } from './seconds.js'

describe('parseSeconds', () => {
  it.each([
    ['60', 60],
    ['60s', 60],
    ['1.5m', 90],
    ['2min', 120],
    ['1h', 3600],
    ['500ms', 0.5],
    [' 5 m ', 300],
  ])('reads %j', (text, seconds) => expect(parseSeconds(text)).toBe(seconds))

  it.each(['', '0', '0s', '-5s', 'soon', '5 d', '1e3', '5s5', 'NaN', 'Infinity'])('refuses %j', (text) =>
    expect(() => parseSeconds(text)).toThrow(/--time: expected a duration such as 60s, 5m or 1h; received/),
  )
})

describe('formatSeconds', () => {
  it.each([
    [0, '0.0 s'],
    [0.44, '0.4 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [185, '3 min 5 s'],
    [3599.6, '1 h 0 min'],
    [3661, '1 h 1 min'],
    [7199, '2 h 0 min'],
  ])('writes %d', (seconds, text) => expect(formatSeconds(seconds)).toBe(text))

  it('never says sixty of a smaller unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
        expect(formatSeconds(seconds)).not.toMatch(/\b60 (s|min)\b/)
      }),
    )
  })
})
