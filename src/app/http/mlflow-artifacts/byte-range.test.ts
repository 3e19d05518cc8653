import { expect, it } from 'vitest'
import { readRange } from './byte-range.js'

it.each([
  [undefined, 'whole'],
  ['bytes=0-3', { start: 0, end: 4 }],
  ['bytes=0-0', { start: 0, end: 1 }],
  ['bytes=9-', { start: 9, end: 10 }],
  ['bytes=5-999999999999999', { start: 5, end: 10 }],
  ['bytes=-3', { start: 7, end: 10 }],
  ['bytes=-30', { start: 0, end: 10 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=10-20', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-4', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=0-1,3-4', 'whole'],
  ['lines=0-1', 'whole'],
  ['bytes=a-b', 'whole'],
  ['bytes=--1', 'whole'],
  ['bytes=99999999999999999999-', 'whole'],
] as const)('%s of ten bytes is %j', (header, expected) => {
  expect(readRange(header, 10)).toEqual(expected)
})

it('has nothing of nothing', () => {
  expect(readRange('bytes=0-', 0)).toBe('unsatisfiable')
  expect(readRange('bytes=-5', 0)).toBe('unsatisfiable')
})
