import { expect, it } from 'vitest'
import { InvalidOptionError } from '../../base/index.js'
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
  const { model, result } = await train({ table: rows, target: 'rent', time: 3, seed: 'random' })
  expect(Number.isInteger(result.seed)).toBe(true)
  expect(model.seed).toBe(result.seed)
})

it('takes rows as they are, and tells what its model predicts', async () => {
  const { model, result } = await train({ table: rows, target: 'rent', time: 3 })
  expect([model.predicts, result.rows]).toEqual(['values', 60])
  expect(model.predictRow({ size: 3 })).toEqual(expect.any(Number))
})
