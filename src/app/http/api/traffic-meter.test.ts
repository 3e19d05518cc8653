import { expect, test } from 'vitest'
import type { RequestRecord } from '../../../operate/serve/index.js'
import { trafficMeter } from './traffic-meter.js'

const record = (given: Partial<RequestRecord>): RequestRecord => ({
  model: 'm',
  version: '1',
  requestId: undefined,
  rows: 1,
  queueTime: 0,
  computeTime: 1,
  batchSize: 1,
  errorCode: undefined,
  inputs: undefined,
  result: undefined,
  ...given,
})

test('quantiles are right within the width of a class, and errors have no latency', () => {
  const meter = trafficMeter(() => 1_000_000)
  for (let i = 1; i <= 1000; i++) meter.record(record({ computeTime: i / 10, queueTime: i / 100, rows: 2 }))
  for (let i = 0; i < 3; i++) meter.record(record({ errorCode: 'shape', computeTime: 1e9 }))
  const [version] = meter.statistics(5).versions
  expect(version).toMatchObject({ requests: 1003, errors: 3, rows: 2003, errorCodes: { shape: 3 } })
  expect(version!.p50! / 55).toBeGreaterThan(0.99)
  expect(version!.p50! / 55).toBeLessThan(1.16)
  expect(version!.p99! / 108.9).toBeGreaterThan(0.99)
  expect(version!.p99! / 108.9).toBeLessThan(1.16)
})

test('odd latencies fall into the first or the last class', () => {
  const meter = trafficMeter(() => 0)
  for (const computeTime of [0, -1, NaN, 1e12]) meter.record(record({ computeTime }))
  const [version] = meter.statistics(1).versions
  expect(version!.p50).toBeCloseTo(0.01)
  expect(Number.isFinite(version!.p99)).toBe(true)
})

test('what is older than an hour is forgotten, and buckets without requests are there and empty', () => {
  let time = 0
  const meter = trafficMeter(() => time)
  meter.record(record({ errorCode: 'shape' }))
  time = 59 * 60_000
  meter.record(record({}))
  expect(meter.statistics(60).versions[0]).toMatchObject({ requests: 2, errorCodes: { shape: 1 } })
  expect(meter.statistics(5).versions[0]).toMatchObject({ requests: 1, errorCodes: {} })
  time = 61 * 60_000
  meter.record(record({}))
  const [version] = meter.statistics(60).versions
  expect(version).toMatchObject({ requests: 2, errors: 0, errorCodes: {} })
  expect(version!.buckets).toHaveLength(360)
  expect(version!.buckets.filter(({ requests }) => requests > 0)).toHaveLength(2)
})

test('names that come from whoever asks do not fill the memory', () => {
  const meter = trafficMeter(() => 0)
  for (let i = 0; i < 2000; i++)
    meter.record(record({ model: `made up ${i}`, version: undefined, errorCode: 'not-found' }))
  expect(meter.statistics(1).versions).toHaveLength(100)
})

test('names that nobody serves take no place from versions that answer', () => {
  const meter = trafficMeter(() => 0)
  for (let i = 0; i < 1000; i++)
    meter.record(record({ model: `no-${i}`, version: undefined, errorCode: 'not-found' }))
  meter.record(record({}))
  const { versions } = meter.statistics(1)
  expect(versions.length).toBeLessThan(200)
  expect(versions.at(-1)).toMatchObject({ model: 'm', version: '1', requests: 1 })
})
