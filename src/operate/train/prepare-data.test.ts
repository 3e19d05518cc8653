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

  it('says that there are no rows', async () => {
    const table = fromRows(rows)
    const empty = train({ table: table.slice(0, 0), target: 'y' })
    await expect(empty).rejects.toThrow(/The table has no rows to learn from\. Check how/)
    const sql = 'select * from (values (1, 2), (3, 4)) as t(a, y) where a > 9'
    const queried = train({ sql, target: 'y' })
    await expect(queried).rejects.toThrow(DataError)
    await expect(queried).rejects.toThrow(/The result of the query has no rows to learn from/)
  })
})
