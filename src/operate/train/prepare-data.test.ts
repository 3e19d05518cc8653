import { describe, expect, it } from 'vitest'
import { DataError } from '../../base/index.js'
import { fromRows } from '../../data/index.js'
import { train } from './index.js'

const rows = Array.from({ length: 20 }, (_, i) => ({ a: i === 3 ? Infinity : i, b: i % 4, y: i }))

describe('data that cannot be learned from', () => {
  it('names the column and the row of an infinite number', async () => {
    const work = train({ table: fromRows(rows), target: 'y' })
    await expect(work).rejects.toThrow(DataError)
    await expect(work).rejects.toThrow(/train: column 'a' is infinite at row 3\. Replace infinities/)
  })
})
