// Samples of requests in the store: what they hold, what they hide, and that they never hold up a request.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallBundle } from '../../../../test/support/bundles.js'
import { InvalidOptionError, OverloadError } from '../../../base/index.js'
import { openStore, type Store } from '../../store/index.js'
import { createInferenceService } from '../index.js'
import type { InferenceService } from '../service.js'
import { logRequests, type RequestLogOptions } from './log-requests.js'
import { redactor, redactRules } from './redact.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-request-log-'))
let service: InferenceService
let stores = 0
const opened: Store[] = []

beforeAll(async () => {
  await smallBundle(folder, 'houses')
  await smallBundle(folder, 'dear', { classifier: true })
  const sources = [join(folder, 'houses'), join(folder, 'dear')]
  service = await createInferenceService({ sources, placement: 'thread' })
})
afterAll(async () => {
  await service.close()
  for (const store of opened) await store.close()
  rmSync(folder, { recursive: true, force: true })
})

async function logging(options: RequestLogOptions = {}) {
  const store = await openStore(join(folder, `${stores++}.db`))
  opened.push(store)
  return { store, log: logRequests(service, store, { rate: 1, ...options }) }
}

const row = { size: 50, city: 'Oslo' }

describe('the log of requests', () => {
  test('holds what was asked and answered, and what failed', async () => {
    const { store, log } = await logging()
    const answer = await service.predictRows({ model: 'dear' }, [row, { size: null, city: 'Rome' }], {
      requestId: 'r-1',
    })
    await service.predictRows({ model: 'dear' }, [{ size: 'x' }], { requestId: 'r-2' }).catch(() => undefined)
    await service.predictRows({ model: "no'; drop table request_log; --" }, [row]).catch(() => undefined)
    await log.close()
    const { requests } = await store.requests.search({ model: 'dear' })
    expect(requests).toMatchObject([
      { requestId: 'r-2', errorCode: 'schema-mismatch', outputs: undefined },
      {
        requestId: 'r-1',
        version: '1',
        rows: 2,
        errorCode: undefined,
        inputs: [row, { size: null, city: 'Rome' }],
        outputs: { predictions: answer.predictions, probabilities: answer.probabilities },
      },
    ])
    expect(log).toMatchObject({ written: 3, dropped: 0 })
  })

  test('hides what it is told to hide, in every way', async () => {
    const { store, log } = await logging({ redact: ['CIT*', { column: 'size', with: 'hash' }], secret: 's' })
    const strange = { size: 987_654, city: 'Secret City' }
    await service.predictRows({ model: 'houses' }, [strange, strange, row])
    await log.close()
    const text = JSON.stringify((await store.requests.search()).requests)
    // Values unlike those of training are told in warnings, which are not logged.
    expect(text).not.toMatch(/Secret City|987654/)
    const [a, b, c] = (await store.requests.search()).requests[0]!.inputs!
    expect(a).toEqual({ size: expect.stringMatching(/^[0-9a-f]{16}$/), city: '***' })
    expect(a).toEqual(b)
    expect(c!['size']).not.toBe(a!['size'])
  })

  test('takes a share of them', async () => {
    const { log } = await logging({ rate: 0.2 })
    const none = await logging({ rate: 0 })
    for (let i = 0; i < 400; i++) await service.predictRows({ model: 'houses' }, [row])
    await log.close()
    await none.log.close()
    expect(none.log.written).toBe(0)
    // 80 ± 4 standard deviations, twice over: one run in many billions is outside.
    expect(log.written).toBeGreaterThan(16)
    expect(log.written).toBeLessThan(144)
  })

  test('keeps the first rows of a long request', async () => {
    const { store, log } = await logging({ rows: 3 })
    await service.predictRows(
      { model: 'dear' },
      Array.from({ length: 50 }, (_, i) => ({ size: i, city: 'Oslo' })),
    )
    await log.close()
    const [entry] = (await store.requests.search()).requests
    expect(entry).toMatchObject({ rows: 50 })
    expect(
      [entry!.inputs, entry!.outputs!.predictions, entry!.outputs!.probabilities].map((part) => part!.length),
    ).toEqual([3, 3, 3])
  })

  test('leaves out what a store that is away cannot take, counts it, and writes the rest when it is back', async () => {
    const { store } = await logging()
    let away = true
    const append: Store['requests']['append'] = async (records) => {
      if (away) throw new OverloadError('away', { reason: 'store' })
      return store.requests.append(records)
    }
    const log = logRequests(service, { requests: { ...store.requests, append } }, { rate: 1, queue: 5 })
    for (let i = 0; i < 9; i++) await service.predictRows({ model: 'houses' }, [row], { requestId: `r-${i}` })
    await log.flush()
    expect(log).toMatchObject({ written: 0, dropped: 4 })
    away = false
    await log.flush()
    expect(log).toMatchObject({ written: 5, dropped: 4 })
    const { requests } = await store.requests.search()
    expect(requests.map(({ requestId }) => requestId)).toContain('r-4')
    expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length)
    await log.close()
  })

  test('an entry that no store takes does not hold up those behind it', async () => {
    const { store } = await logging()
    let calls = 0
    const append: Store['requests']['append'] = async (records) => {
      if (calls++ === 0) throw new TypeError('no store takes this')
      return store.requests.append(records)
    }
    const log = logRequests(service, { requests: { ...store.requests, append } }, { rate: 1 })
    await service.predictRows({ model: 'houses' }, [row])
    await log.flush()
    await service.predictRows({ model: 'houses' }, [row])
    await log.close()
    expect(log).toMatchObject({ written: 1, dropped: 1 })
  })

  test('ends with what waited written, and hears no more', async () => {
    const { store, log } = await logging()
    await service.predictRows({ model: 'houses' }, [row])
    await log.close()
    await service.predictRows({ model: 'houses' }, [row])
    await log.close()
    expect((await store.requests.search()).requests).toHaveLength(1)
  })

  test.each([
    [{ rate: 2 }],
    [{ rate: Number.NaN }],
    [{ redact: [{ column: 'a', with: 'rot13' }] }],
    [{ redact: [''] }],
    [{ redact: [null] }],
    [{ queue: 0 }],
    [{ sample: 1 }],
    [{ secret: '' }],
  ])('%j is refused', async (options) => {
    const { store } = await logging()
    expect(() => logRequests(service, store, options as RequestLogOptions)).toThrow(InvalidOptionError)
  })
})

describe('rules', () => {
  const hide = (rules: Parameters<typeof redactRules>[0]) => redactor(redactRules(rules), 'secret')

  test.each([
    [['email'], { email: 'a@b', Email: 'c', emails: 'd' }, { email: '***', Email: '***', emails: 'd' }],
    [['card*'], { card: 1, cardNumber: 2, 'my card': 3 }, { card: '***', cardNumber: '***', 'my card': 3 }],
    [
      ['*name*'],
      { firstname: 1, 'last\nname': 2, nam: 3 },
      { firstname: '***', 'last\nname': '***', nam: 3 },
    ],
    [['a.c', 'a[b]'], { abc: 1, 'a.c': 2, 'a[b]': 3 }, { abc: 1, 'a.c': '***', 'a[b]': '***' }],
    [[{ column: 'id', with: 'drop' }], { id: 1, x: 2 }, { x: 2 }],
    [['*'], { a: null, b: undefined, c: 0 }, { a: null, b: null, c: '***' }],
    [[{ column: 'a', with: 'drop' }, '*'], { a: 1, b: 2 }, { b: '***' }],
    [['x'], { __proto__: null, constructor: 1, x: 2 }, { constructor: 1, x: '***' }],
  ] as const)('%j', (rules, before, after) => {
    expect(hide(rules)(before)).toEqual(after)
  })

  test('hashes are equal for equal values and one secret only', () => {
    const rules = redactRules([{ column: 'a', with: 'hash' }])
    const [one, other] = [redactor(rules, 'one'), redactor(rules, 'other')]
    expect(one({ a: 'x' })).toEqual(one({ a: 'x' }))
    expect(one({ a: 'x' })).not.toEqual(one({ a: 'y' }))
    expect(one({ a: 'x' })).not.toEqual(other({ a: 'x' }))
    expect(one({ a: new Date(0) })['a']).toMatch(/^[0-9a-f]{16}$/)
  })

  test('names without end are not remembered without end, and still hidden', () => {
    const rule = hide(['secret*'])
    for (let i = 0; i < 20_000; i++) expect(Object.keys(rule({ [`c${i}`]: i }))).toEqual([`c${i}`])
    expect(rule({ secretLate: 1 })).toEqual({ secretLate: '***' })
  })
})
