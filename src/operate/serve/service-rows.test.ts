import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  house,
  houses,
  put,
  scaling,
  temporaryFolder,
  writeHouseBundle,
} from '../../../test/support/served-models.js'
import { LimitError, NotFoundError, SchemaMismatchError, UsageError } from '../../base/index.js'
import { fromRows, type Row } from '../../data/index.js'
import { type LoadedClassifier, type LoadedRegressor, loadModel } from '../bundle/index.js'
import { createInferenceService, type InferenceService, type RequestRecord } from './index.js'

const folder = temporaryFolder()
const rows = houses.slice(0, 12).map(house)

type Kind = 'regression' | 'binary' | 'old'
const bundle = (kind: Kind): string => join(folder, kind)
beforeAll(async () => {
  await writeHouseBundle(bundle('regression'))
  await writeHouseBundle(bundle('binary'), { task: 'binary' })
  await writeHouseBundle(bundle('old'), { old: true })
  put(join(folder, 'scaling.onnx'), scaling(2))
})

const serve = (kind: Kind = 'regression'): Promise<InferenceService> =>
  createInferenceService({
    sources: [{ path: bundle(kind), name: 'house' }, join(folder, 'scaling.onnx')],
    watchInterval: 0,
    placement: 'thread',
  })
const house1 = { model: 'house' }

describe('rows of a regression', () => {
  it('get what loadModel gives, many or one, as rows or as columns, with intervals', async () => {
    await using service = await serve()
    await using model = (await loadModel(bundle('regression'))) as LoadedRegressor
    const expected = Array.from(await model.predict(rows))
    const given = await service.predictRows(house1, rows)
    expect(given.predictions).toEqual(expected)
    expect(given.served).toMatchObject({ model: 'house', version: '1', batchSize: 12 })
    expect(given.intervals).toEqual(expected.map((value) => ({ low: value - 7, high: value + 7 })))
    expect(given.probabilities).toBeUndefined()
    expect(given.warnings).toEqual(rows.map(() => []))
    const table = fromRows(rows)
    const columns = new Map(table.names.map((name) => [name, table.col(name)]))
    expect((await service.predictRows(house1, columns)).predictions).toEqual(expected)
    for (const [i, row] of rows.entries())
      expect((await service.predictRows(house1, [row])).predictions).toEqual([expected[i]])
  })

  it('are read leniently, as loadModel does: other types, extra and missing cells', async () => {
    await using service = await serve()
    await using model = (await loadModel(bundle('regression'))) as LoadedRegressor
    const odd: Row[] = [
      { city: 'Oslo', garden: 1, size: '44', extra: 'x' },
      { city: null, garden: 'true', size: 55 },
      { garden: false, size: 66 },
      { city: 'Rome', garden: false, size: 'large' },
    ]
    const given = await service.predictRows(house1, odd)
    // A table has one kind of values in a column, rows of requests need not.
    const plain = [
      { city: 'Oslo', garden: true, size: 44 },
      { city: null, garden: true, size: 55 },
      { city: null, garden: false, size: 66 },
      { city: 'Rome', garden: false, size: null },
    ]
    expect(given.predictions).toEqual(Array.from(await model.predict(plain)))
    expect(given.warnings[0]).toEqual([])
    expect(given.warnings[1]).toEqual(["'city' is missing, which it never was in training."])
    expect(given.warnings[2]).toEqual(["'city' is missing, which it never was in training."])
    expect(given.warnings[3]).toEqual([
      "'size': 'large' cannot be read and counts as missing.",
      "'size' is missing, which it never was in training.",
    ])
  })

  it('unlike those of training get warnings', async () => {
    await using service = await serve()
    const { warnings } = await service.predictRows(house1, [
      { size: 1000, city: 'Atlantis', garden: true },
      { size: -3, city: 'Oslo', garden: true },
    ])
    expect(warnings[0]).toEqual([
      "'size': 1000 is above all values of training, 20 to 109.",
      "'city': 'Atlantis' did not occur in training.",
    ])
    expect(warnings[1]).toEqual(["'size': -3 is below all values of training, 20 to 109."])
  })

  it('of a bundle of before are answered without these warnings and explanations', async () => {
    await using service = await serve('old')
    const given = await service.predictRows(house1, [{ size: 1000, city: 'Atlantis', garden: true }])
    expect(given.warnings).toEqual([[]])
    await expect(service.predictRows(house1, rows, { explain: true })).rejects.toThrow(
      /carries no rows of training/,
    )
  })

  it('that are none get no answers, and nothing is computed', async () => {
    await using service = await serve()
    expect(await service.predictRows(house1, [])).toMatchObject({
      predictions: [],
      intervals: [],
      warnings: [],
      served: { batchSize: 0 },
    })
    expect((await service.predictRows(house1, [], { explain: true })).explanations).toEqual([])
  })

  it('that do not fit are refused with what is expected', async () => {
    await using service = await serve()
    const ask = (given: unknown): Promise<unknown> => service.predictRows(house1, given as Row[])
    await expect(ask([{ siz: 1 }])).rejects.toThrow(SchemaMismatchError)
    await expect(ask([{ size: 1, city: 'Oslo' }])).rejects.toThrow(/'garden'/)
    await expect(ask([{ size: 'x', city: 'Oslo', garden: true }])).rejects.toThrow(SchemaMismatchError)
    await expect(ask({ size: 1 })).rejects.toThrow(UsageError)
    for (const given of [[null], [1], ['a'], null, undefined, 'rows', [{ size: {}, city: [], garden: true }]])
      await expect(ask(given)).rejects.toMatchObject({
        code: expect.stringMatching(/usage|data|schema/) as string,
      })
    await expect(service.predictRows({ model: 'scaling' }, rows)).rejects.toThrow(/is a plain graph/)
  })

  it('whose keys all differ are refused before they are a table of all of them', async () => {
    await using service = await serve()
    // A table of 250,000 columns and 500 rows would need a gigabyte, and minutes.
    const wide = Array.from({ length: 500 }, (_, i) =>
      Object.fromEntries(Array.from({ length: 500 }, (_key, j) => [`row ${i} key ${j}`, j])),
    )
    const refusal = await service.predictRows(house1, wide).catch((error: unknown) => error)
    expect(SchemaMismatchError.is(refusal)).toBe(true)
    expect((refusal as Error).message).toMatch(/'size'.*'row 0 key 0'/)
    // What was asked for is found among them.
    expect(
      (
        await service.predictRows(
          house1,
          wide.map((row) => ({ ...row, ...rows[0] })),
        )
      ).predictions.length,
    ).toBe(500)
  })
})

describe('rows of a classifier', () => {
  it('get labels and probabilities', async () => {
    await using service = await serve('binary')
    await using model = (await loadModel(bundle('binary'))) as LoadedClassifier
    const given = await service.predictRows(house1, rows)
    const { labels, probabilities } = await model.predictBoth(rows)
    expect(given.predictions).toEqual(labels)
    expect(given.probabilities!.flat()).toEqual(Array.from(probabilities.data))
    expect(given.classes).toEqual(['no', 'yes'])
    expect(given.intervals).toBeUndefined()
    const [description] = service.describe('house')
    expect(description).toMatchObject({
      task: 'binary',
      target: 'dear',
      classes: ['no', 'yes'],
      kind: 'bundle',
    })
    expect(description!.columns!.map(({ name }) => name)).toEqual(['size', 'city', 'garden'])
  })

  it('no rows', async () => {
    await using service = await serve('binary')
    expect(await service.predictRows(house1, [])).toMatchObject({ predictions: [], probabilities: [] })
  })
})

describe('explanations', () => {
  it('add up to the prediction minus the average of the background, alone or among others', async () => {
    await using service = await serve()
    const background = (await service.predictRows(house1, houses.slice(0, 16).map(house)))
      .predictions as number[]
    const average = background.reduce((a, b) => a + b) / background.length
    const given = await service.predictRows(house1, rows, { explain: true })
    given.explanations!.forEach((parts, row) => {
      const sum = parts.reduce((total, { value }) => total + value, 0)
      expect(sum).toBeCloseTo((given.predictions[row] as number) - average, 8)
      expect(parts.map(({ column }) => column)).toEqual(['size', 'city', 'garden'])
    })
    const alone = await service.predictRows(house1, [rows[5]!], { explain: true })
    expect(alone.explanations![0]).toEqual(given.explanations![5])
    // The model is linear: three for each of size, from the average size of the background.
    const sizes = houses.slice(0, 16).map(({ size }) => size as number)
    const mean = sizes.reduce((a, b) => a + b) / 16
    const own = given.explanations![0]!.find(({ column }) => column === 'size')!
    expect(own.value).toBeCloseTo(3 * ((rows[0]!['size'] as number) - mean), 0)
  })

  it('of classifiers are of the probability of the class that was predicted', async () => {
    await using service = await serve('binary')
    const { probabilities } = await service.predictRows(house1, houses.slice(0, 16).map(house))
    const given = await service.predictRows(house1, rows, { explain: true })
    given.explanations!.forEach((parts, row) => {
      const code = given.classes.indexOf(given.predictions[row] as string)
      const average = probabilities!.reduce((sum, shares) => sum + shares[code]!, 0) / 16
      const sum = parts.reduce((total, { value }) => total + value, 0)
      expect(sum).toBeCloseTo(given.probabilities![row]![code]! - average, 8)
    })
  })

  it('of too many rows are refused', async () => {
    await using service = await serve()
    const many = Array.from({ length: 101 }, () => rows[0]!)
    await expect(service.predictRows(house1, many, { explain: true })).rejects.toThrow(LimitError)
  })
})

describe('records of requests', () => {
  it('tell what was asked, answered and refused', async () => {
    await using service = await serve()
    const records: RequestRecord[] = []
    const stop = service.onRequest((record) => records.push(record))
    const result = await service.predictRows(house1, rows, { requestId: 'a' })
    await expect(service.predictRows(house1, [{ no: 1 }], { requestId: 'b' })).rejects.toThrow()
    await expect(service.predictRows({ model: 'hous' }, rows)).rejects.toThrow(NotFoundError)
    expect(records).toMatchObject([
      { model: 'house', version: '1', requestId: 'a', rows: 12, batchSize: 12, errorCode: undefined },
      {
        model: 'house',
        version: '1',
        requestId: 'b',
        rows: 1,
        errorCode: 'schema-mismatch',
        result: undefined,
      },
      { model: 'hous', version: undefined, errorCode: 'not-found' },
    ])
    expect(records[0]!.inputs).toBe(rows)
    expect(records[0]!.result).toBe(result)
    stop()
    await service.predictRows(house1, rows)
    expect(records.length).toBe(3)
  })
})
