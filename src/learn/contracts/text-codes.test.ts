import { describe, expect, it } from 'vitest'
import { encodeStrings, numberColumn, table } from '../../data/index.js'
import { graphBuilder, openSession } from '../../engine/onnx/index.js'
import { graphFeeds, graphInputs } from './index.js'
import { countCodes, encodeTexts, encodeTextsInGraph, encodeValue, fitCodes } from './text-codes.js'

const cities = (...values: (string | null)[]) =>
  table({
    size: numberColumn(Float64Array.from(values, (_, i) => i / 2)),
    city: encodeStrings(values),
  })

describe('codes of text columns', () => {
  const training = cities('Oslo', 'Bern', 'Oslo', null, 'Bern', '', 'Rome')
  const codes = fitCodes(training)
  const later = cities('Bern', 'Oslo', null, '', 'Rome', 'Atlantis')

  it('are by code units, with one for missing and 0 for rare and unknown texts', () => {
    expect(codes[0]).toBeNull()
    expect(codes[1]!.keys).toEqual(['', 'Bern', 'Oslo'])
    expect(countCodes(codes)).toEqual([0, 4])
    expect(encodeTexts(later, codes).toRows()).toEqual(
      [2, 3, 1, 1, 0, 0].map((city, i) => ({ size: i / 2, city })),
    )
  })

  it('are unknown for missing texts where training has none', () => {
    const complete = fitCodes(cities('Oslo', 'Oslo', 'Bern', 'Bern'))
    expect(encodeTexts(cities(null, 'Oslo'), complete).col('city').at(0)).toBe(0)
  })

  it('are the same for single values and in a graph', async () => {
    const expected = encodeTexts(later, codes)
    const values = later.toRows().map(({ size, city }) => [size, city] as const)
    expect(values.map(([, city]) => encodeValue((city ?? null) as string | null, codes[1]!))).toEqual(
      expected.toRows().map(({ city }) => city),
    )
    const graph = graphBuilder({ name: 'codes' })
    const encoded = encodeTextsInGraph(graphInputs(graph, later.fields), codes)
    graph.output('codes', encoded.stack(), 'float64', ['N', 2])
    await using session = await openSession(graph.build())
    const { codes: found } = await session.run(graphFeeds(later, later.fields))
    expect(Array.from(found!.data as Float64Array)).toEqual(
      expected.toRows().flatMap(({ size, city }) => [size, city]),
    )
  })
})
