import { expect, test } from 'vitest'
import { onBothStores } from '../../../test/support/stores.js'
import { UsageError } from '../../base/index.js'
import type { LoggedRequest } from './requests.js'

const request = (time: number, more: Partial<LoggedRequest> = {}): LoggedRequest => ({
  time,
  model: 'churn',
  version: '1',
  requestId: `r${time}`,
  rows: 1,
  queueTime: 0.25,
  computeTime: 1.5,
  errorCode: undefined,
  inputs: [{ age: time }],
  outputs: { predictions: ['yes'], probabilities: [[0.2, 0.8]] },
  ...more,
})

onBothStores('the log of requests', (home) => {
  test('gives back what was written, by model, version, time and outcome', async () => {
    const { requests } = await home.open()
    await requests.append([
      request(1),
      request(2, { version: '2' }),
      request(3, { model: 'price', errorCode: 'overload', inputs: undefined, outputs: undefined }),
      request(4, { requestId: undefined }),
    ])
    await requests.append([])
    const times = async (asked: object): Promise<number[]> =>
      (await requests.search(asked)).requests.map(({ time }) => time)
    expect(await times({})).toEqual([4, 3, 2, 1])
    expect(await times({ model: 'churn' })).toEqual([4, 2, 1])
    expect(await times({ model: 'churn', version: '1', from: 1, to: 4 })).toEqual([1])
    expect(await times({ failed: true })).toEqual([3])
    expect(await times({ failed: false, to: 4 })).toEqual([2, 1])
    expect(await times({ model: "churn' or '1'='1" })).toEqual([])
    const [newest, failed] = (await requests.search()).requests
    expect(newest).toEqual({ ...request(4, { requestId: undefined }), id: expect.any(Number) })
    expect(failed).toMatchObject({ errorCode: 'overload', inputs: undefined, outputs: undefined })
  })

  test('pages neither repeat nor leave out, also where many have one time', async () => {
    const { requests } = await home.open()
    await requests.append(
      Array.from({ length: 25 }, (_, i) => request(Math.floor(i / 10), { requestId: `${i}` })),
    )
    const seen: (string | undefined)[] = []
    let pageToken: string | undefined
    do {
      const page = await requests.search({ maxResults: 4, pageToken })
      expect(page.requests.length).toBeLessThanOrEqual(4)
      seen.push(...page.requests.map(({ requestId }) => requestId))
      // What is written meanwhile stands before the first page.
      await requests.append([request(9, { requestId: 'late' })])
      pageToken = page.nextPageToken
    } while (pageToken !== undefined)
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `${24 - i}`))
  })

  test.each(['', 'x', 'MTp4', Buffer.from('1:2; drop table request_log').toString('base64url')])(
    'the page token %j is refused',
    async (pageToken) => {
      const { requests } = await home.open()
      await expect(requests.search({ pageToken })).rejects.toSatisfy(UsageError.is)
    },
  )

  test('old ones go by age and by number', async () => {
    const { requests } = await home.open()
    await requests.append(Array.from({ length: 10 }, (_, i) => request(i)))
    expect(await requests.prune({ before: 3 })).toBe(3)
    expect(await requests.prune({ keep: 4 })).toBe(3)
    expect(await requests.prune({ keep: 4, before: 0 })).toBe(0)
    expect((await requests.search()).requests.map(({ time }) => time)).toEqual([9, 8, 7, 6])
    expect(await requests.prune({ keep: 0 })).toBe(4)
  })

  test('values that JSON or Postgres do not know do no harm', async () => {
    const { requests } = await home.open()
    const inputs = [{ big: 2n ** 60n, not: Number.NaN, zero: 'a\u0000b', 'x"; drop': '🦔' }]
    await requests.append([request(1, { inputs })])
    const [found] = (await requests.search()).requests
    expect(found!.inputs).toEqual([
      { big: '1152921504606846976', not: null, zero: 'a\uFFFDb', 'x"; drop': '🦔' },
    ])
  })
})
