import { expect, it } from 'vitest'
import { textWidth } from './text-width.js'

it('grows with the letters and the font', () => {
  expect(textWidth('', 12)).toBe(0)
  expect(textWidth('iii', 12)).toBeLessThan(textWidth('mmm', 12))
  expect(textWidth('label', 24)).toBeCloseTo(2 * textWidth('label', 12), 10)
  // A wide script takes about an em per letter.
  expect(textWidth('模型', 10)).toBeGreaterThan(18)
  expect(textWidth('e\u0301', 10)).toBe(textWidth('e', 10))
})
