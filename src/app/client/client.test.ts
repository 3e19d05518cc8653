// The client against a server of real models, as it runs in Node; in browsers fetch is the same.
import { readFileSync, readdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rows, servingServer } from '../../../test/support/serving-server.js'
import { connect, ServingError } from './index.js'

const { server, service } = await servingServer({ only: ['dear', 'cost'] })
let url = ''
beforeAll(async () => {
  await server.listen({ port: 0, host: '127.0.0.1' })
  url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

/** The error of a promise that must fail. */
const failure = (promise: Promise<unknown>): Promise<ServingError> =>
  promise.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: unknown) => error as ServingError,
  )

interface House {
  readonly size: number
  readonly city: string
  readonly garden: boolean
}
const [house] = rows as unknown as readonly [House]

describe('connect', () => {
  it('predicts a row and rows, by version and alias, with explanations', async () => {
    const models = connect<{
      dear: { row: House; prediction: 'no' | 'yes'; classes: 'no' | 'yes' }
      cost: { row: House; prediction: number; classes: never }
    }>(`${url}/`)
    const expected = await service.predictRows({ model: 'dear' }, rows)
    const one = await models.predict('dear', house, { version: '2', explain: true, timeout: 5000 })
    expect(one).toMatchObject({
      model: 'dear',
      version: '2',
      prediction: expected.predictions[0],
      warnings: [],
    })
    expect(one.probabilities!.no).toBe(expected.probabilities![0]![0])
    expect(one.contributions).toHaveLength(3)
    const many = await models.predictRows('cost', rows as unknown as House[], { alias: undefined })
    expect(many.predictions).toEqual((await service.predictRows({ model: 'cost' }, rows)).predictions)
    expect((await models.predict('dear', house, { alias: 'champion' })).version).toBe('1')
  })

  it('says what the server says', async () => {
    const models = connect(url)
    const wrong = await failure(models.predict('dear', { sise: 1 }))
    expect(wrong).toBeInstanceOf(ServingError)
    expect(wrong).toMatchObject({
      code: 'schema-mismatch',
      status: 400,
      details: { missing: ['size', 'city', 'garden'] },
    })
    expect(await failure(models.predict('../no such model?', {}))).toMatchObject({
      code: 'not-found',
      status: 404,
    })
    expect(await failure(models.predict('dear', {}, { version: '1/../2' }))).toMatchObject({ status: 404 })
  })

  it('sends the key, and tells when to come again', async () => {
    let sent: RequestInit | undefined
    const busy = (_url: unknown, init?: RequestInit): Promise<Response> => {
      sent = init
      const error = { code: 'overload', message: 'Busy.' }
      return Promise.resolve(Response.json({ error }, { status: 503, headers: { 'retry-after': '3' } }))
    }
    const error = await failure(connect(url, { key: 'abc', fetch: busy as typeof fetch }).predict('dear', {}))
    expect(error).toMatchObject({ message: 'Busy.', retryAfter: 3, status: 503 })
    expect(sent!.headers).toMatchObject({ authorization: 'Bearer abc' })
  })

  it('says when there is no server, another server, or no more time', async () => {
    const gone = connect('http://127.0.0.1:1')
    expect(await failure(gone.predict('dear', {}))).toMatchObject({ code: 'network', status: 0 })
    const other = (): Promise<Response> => Promise.resolve(new Response('<html>', { status: 200 }))
    expect(await failure(connect(url, { fetch: other as typeof fetch }).predict('dear', {}))).toMatchObject({
      code: 'unknown',
      status: 200,
    })
    const stopped = await failure(
      connect(url).predict('dear', {}, { signal: AbortSignal.abort(new Error('enough')) }),
    )
    expect(stopped.message).toBe('enough')
  })

  it('needs nothing that a browser has not', () => {
    const sources = readdirSync(import.meta.dirname).filter(
      (name) => name.endsWith('.ts') && !name.includes('.test'),
    )
    const imports = sources.flatMap((name) => [
      ...readFileSync(`${import.meta.dirname}/${name}`, 'utf8').matchAll(/from '([^']+)'/g),
    ])
    expect(imports.length).toBeGreaterThan(0)
    for (const [, specifier] of imports)
      if (specifier !== 'modelwright/client') expect(specifier).toMatch(/^\.\/[a-z.-]+js$/)
  })
})
