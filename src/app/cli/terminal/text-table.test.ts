import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth, textTable } from './text-table.js'

const columns = [{ title: 'name' }, { title: 'count', align: 'right' as const }]

describe('textTable', () => {
  it('aligns columns under their titles', () => {
    const rows = [
      ['a', '1'],
      ['longer', '1,000'],
    ]
    expect(textTable(columns, rows, 80)).toEqual(['name    count', 'a           1', 'longer  1,000'])
  })

  it('lets the widest column give way, down to six characters', () => {
    expect(textTable(columns, [['a'.repeat(30), '12']], 20)).toEqual([
      'name           count',
      'aaaaaaaaaaaa…     12',
    ])
    expect(textTable(columns, [['a'.repeat(30), '12']], 5)[1]).toBe('aaaaa…     12')
  })

  it('leaves out what may go, then shortens titles, before names are cut', () => {
    const ladder = [
      { title: 'model', names: true },
      { title: 'score (validation)', align: 'right' as const },
      { title: 'fit', align: 'right' as const, mayGo: true },
      { title: 'per row', align: 'right' as const, mayGo: true },
      { title: '' },
    ]
    const rows = [['boosting-random', '0.9708', '0.1 s', '4.5 ms', '← kept']]
    expect(textTable(ladder, rows, 80)[0]).toBe('model            score (validation)    fit  per row')
    expect(textTable(ladder, rows, 55)[0]).toBe('model            score (validation)    fit')
    expect(textTable(ladder, rows, 34)).toEqual([
      'model            score (v…',
      'boosting-random     0.9708  ← kept',
    ])
  })

  it('counts wide letters twice, marks not at all, and keeps lines whole', () => {
    expect(displayWidth('🌍漢e\u0301')).toBe(5)
    expect(
      textTable(
        columns,
        [
          ['漢字', '1'],
          ['ab', '2'],
        ],
        80,
      ).slice(1),
    ).toEqual(['漢字      1', 'ab        2'])
    expect(textTable(columns, [['line\nbreak\ttab', '1']], 80)[1]).toBe('line↵break tab      1')
  })

  it('keeps the ends of paths where asked', () => {
    const paths = [{ title: '', ending: true }, { title: 'n' }]
    expect(textTable(paths, [['params.model.steps.漢字.kind', '1']], 14)[1]).toBe('….漢字.kind  1')
  })

  it('never exceeds the width where columns can give way', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text), { maxLength: 8 }),
        fc.integer({ min: 20, max: 90 }),
        (rows, width) => {
          for (const line of textTable(columns, rows, width)) {
            expect(displayWidth(line)).toBeLessThanOrEqual(width)
            expect(line).not.toContain('\n')
          }
        },
      ),
    )
  })
})
