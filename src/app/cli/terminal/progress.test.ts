import { describe, expect, it } from 'vitest'
import { progressLine } from './progress.js'

const at = (width: number, text = 'fitting the winner on all rows'): string => {
  const { bar, shown, left } = progressLine(text, { elapsed: 30, seconds: 60, width })
  return `${bar}${shown}  ${left}`
}

describe('progressLine', () => {
  it('shortens the bar, then the words about the time, then the step', () => {
    expect(at(80)).toBe('██████████░░░░░░░░░░ fitting the winner on all rows  at most 30 s left')
    expect(at(60)).toBe('█████░░░░ fitting the winner on all rows  at most 30 s left')
    expect(at(52)).toBe('fitting the winner on all rows  at most 30 s left')
    expect(at(44)).toBe('fitting the winner on all rows  30 s left')
    expect(at(30)).toBe('fitting the winne…  30 s left')
  })

  it('keeps the last cell free', () => {
    for (let width = 20; width < 120; width++) expect(at(width).length).toBeLessThan(width)
  })

  it('tells the time that has passed where there is no end', () => {
    expect(progressLine('reading', { elapsed: 3, seconds: undefined, width: 40 })).toEqual({
      bar: '',
      shown: 'reading',
      left: '3.0 s',
    })
  })
})
