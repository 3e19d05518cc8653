import { describe, expect, it } from 'vitest'
import { classCodes } from './class-codes.js'

describe('classCodes', () => {
  it('compares labels as text', () => {
    const code = classCodes([1, 2, 10])
    expect([1, '1', '10', 10n, '01', 3, null, undefined, ''].map(code)).toEqual([
      0,
      0,
      2,
      2,
      ...Array.from({ length: 5 }, () => undefined),
    ])
  })

  it('knows other ways to write a pair of yes and no', () => {
    const code = classCodes(['No', 'Yes'])
    expect(['No', 'yes', true, false, 'TRUE', 1, '0', 'perhaps'].map(code)).toEqual([
      0,
      1,
      1,
      0,
      1,
      1,
      0,
      undefined,
    ])
    expect(classCodes(['Yes', 'No'])(true)).toBe(0)
    expect(classCodes([false, true])('yes')).toBe(1)
  })

  it('does not guess for other pairs', () => {
    expect([true, 'true', 1].map(classCodes(['a', 'b']))).toEqual([undefined, undefined, undefined])
    expect(classCodes(['yes', 'true'])('y')).toBeUndefined()
  })
})
