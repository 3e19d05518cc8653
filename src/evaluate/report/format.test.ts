import { describe, expect, it } from 'vitest'
import {
  count,
  date,
  duration,
  gainChange,
  gainRange,
  number,
  percent,
  pValue,
  score,
  scoreWithUnit,
} from './format.js'

const auc = { name: 'roc-auc', label: 'ROC-AUC', greaterIsBetter: true }
const rmse = { name: 'rmse', label: 'RMSE', greaterIsBetter: false }

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1234567, '1,234,567'],
    [-1234.5, '−1,235'],
    [123.456, '123.5'],
    [1.23456, '1.23'],
    [0.00123456, '0.00123'],
    [0.0000012, '1.2 × 10⁻⁶'],
    [-3.4e12, '−3.4 × 10¹²'],
    [Number.NaN, '–'],
    [-Infinity, '−∞'],
  ])('writes %d as %s', (value, text) => expect(number(value)).toBe(text))

  it.each([
    [0, '0%'],
    [0.5, '50%'],
    [0.0123, '1.2%'],
    [0.0996, '10%'],
    [0.00001, '<\u20600.1%'],
    [-0.6, '−60%'],
    [Number.NaN, '–'],
  ])('writes the share %d as %s', (value, text) => expect(percent(value)).toBe(text))

  it.each([
    [0.0000021, '2.1 µs'],
    [0.0123, '12 ms'],
    [3.44, '3.4 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [7300, '2 h 1 min'],
  ])('writes %d seconds as %s', (value, text) => expect(duration(value).replaceAll('\u202f', ' ')).toBe(text))

  it('writes counts, dates and p-values', () => {
    expect(count(7043)).toBe('7,043')
    expect(date('2026-01-15T10:24:00Z')).toBe('15 January 2026')
    expect(date('yesterday')).toBe('yesterday')
    expect(pValue(1e-9).replaceAll('\u00a0', ' ')).toBe('p < 0.001')
    expect(pValue(0.0885).replaceAll('\u00a0', ' ')).toBe('p = 0.088')
    expect(pValue(0.4).replaceAll('\u00a0', ' ')).toBe('p = 0.40')
  })
})

describe('scores', () => {
  it('take their digits from the metric', () => {
    expect(score(auc, 0.85361)).toBe('0.854')
    expect(score({ ...auc, name: 'r2' }, -0.0001)).toBe('0.000')
    expect(score(rmse, 45852.3)).toBe('45,852')
    expect(scoreWithUnit(rmse, 45852.3, 'USD')).toBe('45,852\u00a0USD')
    expect(scoreWithUnit(auc, 0.8, 'USD')).toBe('0.800')
  })

  it('show a gain as the change of the score: errors fall', () => {
    expect(gainChange(auc, 0.0151)).toBe('+0.015')
    expect(gainChange(rmse, 1200)).toBe('−1,200')
    expect(gainRange(rmse, { low: 1000, high: 1400 })).toBe('−1,400 to −1,000')
  })
})
