import { describe, expect, it } from 'vitest'
import { formatCount, formatScore, formatValue } from './numbers.js'

describe('formatScore', () => {
  it.each([
    [0.123456, '0.1235'],
    [0.9, '0.9000'],
    [0, '0.0000'],
    [-0.25, '-0.2500'],
    [0.00001234, '0.00001234'],
    [1, '1.000'],
    [4.56789, '4.568'],
    [12.3, '12.30'],
    [123.456, '123.5'],
    [999.96, '1,000'],
    [47689.4, '47,689'],
    [-47689.4, '-47,689'],
    [1.2345e9, '1,234,500,000'],
    [1.2345e18, '1.23e+18'],
    [Number.NaN, '–'],
    [Infinity, '–'],
  ])('writes %d', (value, text) => expect(formatScore(value)).toBe(text))
})

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ])('writes %d', (value, text) => expect(formatCount(value)).toBe(text))
})

describe('formatValue', () => {
  it.each([
    [0, '0'],
    [-7, '-7'],
    [29, '29'],
    [18.25, '18.25'],
    [70.3549, '70.35'],
    [0.5, '0.5'],
    [1397.475, '1,397'],
    [123456789, '123,456,789'],
    [0.00001234, '1.23e-5'],
    [2e15, '2.00e+15'],
    [Number.NaN, '–'],
  ])('writes %d', (value, text) => expect(formatValue(value)).toBe(text))
})
