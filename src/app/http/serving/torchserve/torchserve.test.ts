// Conformance with TorchServe's inference API.
import { describe, expect, it } from 'vitest'
import { rows, servingServer } from '../../../../../test/support/serving-server.js'

const { server, service } = await servingServer({ only: ['dear', 'cost', 'scaling'] })

const post = (path: string, payload: object | string) =>
  server.inject({
    method: 'POST',
    url: `/predictions/${path}`,
    payload,
    headers: { 'content-type': 'application/json' },
  })

describe('predictions', () => {
  it('of classes are shares, the most probable first; of numbers the number', async () => {
    const { probabilities, classes } = await service.predictRows({ model: 'dear' }, rows)
    const shares = probabilities!.map((row) =>
      Object.fromEntries(row.map((share, code) => [classes[code], share])),
    )
    const one = await post('dear', rows[0]!)
    expect(one.json()).toEqual(shares[0])
    const order = Object.values(one.json<Record<string, number>>())
    expect(order).toEqual(order.toSorted((a, b) => b - a))
    expect((await post('dear/2', [...rows])).json()).toEqual(shares)
    for (const key of ['data', 'body', 'instances'])
      expect((await post('dear', { [key]: rows })).json()).toEqual(shares)
    expect((await post('dear', { data: rows[0] })).json()).toEqual(shares[0])
    expect((await post('cost', rows[0]!)).json()).toBe(
      (await service.predictRows({ model: 'cost' }, rows)).predictions[0],
    )
  })

  it('of a graph are its outputs', async () => {
    expect((await post('scaling', [[1, 2]])).json()).toEqual({ y: [[2, 4]], sum: [[6]] })
    expect((await post('scaling', { data: [{ x: [1, 2] }] })).json()).toEqual({ y: [[2, 4]], sum: [[6]] })
  })

  it.each<[string, object | string, number, string]>([
    ['none', rows[0]!, 404, 'ModelNotFoundException'],
    ['dear/9', rows[0]!, 404, 'ModelNotFoundException'],
    ['dear', '{', 400, 'BadRequestException'],
    ['dear', '5', 400, 'BadRequestException'],
    ['dear', {}, 400, 'BadRequestException'],
    ['dear', [5], 400, 'BadRequestException'],
    ['scaling', ['a'], 400, 'BadRequestException'],
    ['dear/1/more', rows[0]!, 404, 'ModelNotFoundException'],
  ])('refuses %s with %j', async (path, payload, status, type) => {
    const answer = await post(path, payload)
    expect(answer.json()).toEqual({ code: status, type, message: expect.any(String) as string })
    expect(answer.statusCode).toBe(status)
  })

  it('and the ping', async () => {
    expect((await server.inject('/ping')).json()).toEqual({ status: 'Healthy' })
  })
})
