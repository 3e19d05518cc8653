import { expect, it } from 'vitest'
import { InvalidOptionError, UsageError } from '../../base/index.js'
import { fromRows } from '../../data/index.js'
import { train } from './index.js'

const rows = Array.from({ length: 60 }, (_, i) => ({ size: i, rent: 5 * i + (i % 7) }))

it.each([-1, 0, 2.5])('refuses %s threads', async (threads) => {
  const training = train({ table: fromRows(rows), target: 'rent', threads })
  await expect(training).rejects.toThrow(InvalidOptionError)
})

it('refuses options that it does not know', async () => {
  const options = { target: 'rent', table: rows, timee: 3 }
  await expect(train(options)).rejects.toThrow("train: there is no option 'timee'. Did you mean 'time'?")
})

it('draws a seed and tells it', async () => {
  const { model, result } = await train({ table: rows, target: 'rent', time: 15, seed: 'random' })
  expect(Number.isInteger(result.seed)).toBe(true)
  expect(model.seed).toBe(result.seed)
})

it('says what is missing, and what was given twice', async () => {
  const without = { table: rows } as unknown as Parameters<typeof train>[0]
  await expect(train(without)).rejects.toThrow(UsageError)
  await expect(train(without)).rejects.toThrow(/the target is missing/)
  await expect(train({ target: 'rent' })).rejects.toThrow(/nothing to learn from/)
  for (const other of [{ source: 'a.csv' }, { sql: 'select 1' }]) {
    const training = train({ table: rows, target: 'rent', ...other })
    await expect(training).rejects.toThrow(UsageError)
    await expect(training).rejects.toThrow(/both a table and a source/)
  }
})

it('takes rows as they are, and tells what its model predicts', async () => {
  const { model, result } = await train({ table: rows, target: 'rent', time: 15 })
  expect([model.predicts, result.rows]).toEqual(['values', 60])
  expect(model.predictRow({ size: 3 })).toEqual(expect.any(Number))
})
