import { describe, expect, it } from 'vitest'
import { booleanColumn, fromRows, type Row, table } from '../../data/index.js'
import { poseTask } from './target-column.js'

const rowsOf = (...targets: readonly (string | number | boolean | null)[]): readonly Row[] =>
  targets.map((y, i) => ({ x: i, y }))
const repeat = <T>(values: readonly T[], times: number): T[] =>
  Array.from({ length: times }, () => values).flat()
const pose = (
  targets: readonly (string | number | boolean | null)[],
  asked?: 'regression' | 'binary' | 'multiclass',
) => poseTask(fromRows(rowsOf(...targets)), 'y', asked ?? 'auto')
const codes = (targets: readonly (string | number | null)[]): string[] =>
  pose(targets).warnings.map(({ code }) => code)

describe('poseTask', () => {
  it('takes text, booleans and a few whole numbers as classes, the rest as values', () => {
    expect(pose(repeat(['a', 'b'], 10)).task).toBe('binary')
    expect(pose(repeat([true, false], 10)).task).toBe('binary')
    expect(pose(repeat([0, 1], 10)).task).toBe('binary')
    expect(pose(repeat(['a', 'b', 'c'], 10)).task).toBe('multiclass')
    expect(pose(repeat([1, 2, 3], 10)).task).toBe('multiclass')
    expect(pose(repeat([1, 2.5], 10)).task).toBe('regression')
    expect(pose(Array.from({ length: 30 }, (_, i) => i)).task).toBe('regression')
    expect(pose(repeat([0, 1], 10), 'regression').task).toBe('regression')
  })

  it('says when it guessed classes of numbers, but not for two', () => {
    expect(codes(repeat([1, 2, 3], 10))).toEqual(['task-guessed'])
    expect(codes(repeat([0, 1], 10))).toEqual([])
  })

  it('leaves out rows without a target, and tells how many', () => {
    const posed = pose([...repeat(['a', 'b'], 6), null, null])
    expect(posed.x.rowCount).toBe(12)
    expect(posed.warnings[0]).toMatchObject({ code: 'target-missing', column: 'y' })
    expect(posed.warnings[0]!.message).toMatch(/missing in 2 of 14 rows/)
    expect([...posed.rows]).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  it('leaves out classes of a single row', () => {
    const posed = pose(['lonely', ...repeat(['a', 'b'], 6)])
    expect(posed.warnings[0]!.message).toMatch(/Class 'lonely' has a single row/)
    expect(posed.target).toMatchObject({ type: 'classes', classes: ['a', 'b'] })
    expect([...posed.rows]).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
  })

  it('refuses what is no target', () => {
    expect(() => pose([null, null])).toThrow(/has no values at all/)
    expect(() => pose(['a'])).toThrow(/There is a single row, expected many/)
    expect(() => pose(['a', null])).toThrow(/There is a single row with a value of 'y'/)
    expect(() => pose(repeat(['a'], 9))).toThrow(/is 'a' in every row: there is nothing to predict/)
    expect(() => pose(repeat([2.5], 9))).toThrow(/is 2\.5 in every row/)
    expect(() => pose(Array.from({ length: 9 }, (_, i) => `id${i}`))).toThrow(/Is it an identifier\?/)
    expect(() => pose(repeat(['a', 'b', 'c', 'd'], 3))).toThrow(/4 classes in 12 rows/)
    expect(() => pose(repeat(['a', 'b'], 9), 'regression')).toThrow(/holds text such as 'a'/)
    expect(() => pose(repeat(['a', 'b', 'c'], 9), 'binary')).toThrow(/has 3 classes, expected 2/)
    expect(() => pose(['a', ...repeat(['b'], 9)])).toThrow(/is 'b' in every row/)
  })

  it('speaks of booleans by the words of the source', () => {
    const y = booleanColumn(
      Uint8Array.from({ length: 9 }, () => 1),
      ['No', 'Yes'],
    )
    const x = fromRows(rowsOf(...repeat([1], 9))).col('x')
    expect(() => poseTask(table({ x, y }), 'y', 'auto')).toThrow(/is 'Yes' in every row/)
  })
})
